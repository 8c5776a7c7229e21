/* The list of a stream: what is kept of it, and which of its pages have something that waits. After offline-bar.js. */
(() => {
  'use strict';
  const store = document.offline, box = document.getElementById('pack');
  if (!store || !store.say || !box || store.taking) return;
  const words = store.words, told = box.querySelector('[data-told]'), meter = box.querySelector('.meter');
  const get = box.querySelector('[data-get]'), drop = box.querySelector('[data-drop]');
  const links = Array.from(document.querySelectorAll('a[data-page]')), missing = store.missing();
  const isMine = one => one.user === store.user && one.case === words.case && one.stream === words.stream;
  box.hidden = false;
  if (missing) {
    told.textContent = words['textMissing' + missing];
    get.hidden = true;
    return;
  }
  store.taking = { links, meter, isMine };

  /* what takes the pages along is loaded when somebody wants it */
  const script = () => store.take ? Promise.resolve() : new Promise((yes, no) => {
    document.head.append(Object.assign(document.createElement('script'), { src: words.take, onload: yes, onerror: no }));
  });

  const take = async () => {
    get.disabled = true;
    told.textContent = words.textTaking;
    try {
      await script();
      await store.take();
      await paint();
    } catch (error) {
      told.textContent = error && error.name === 'QuotaExceededError' ? words.textFull : words.textBroken;
    }
    meter.hidden = true;
    get.disabled = false;
    store.tell();
  };

  const paint = async () => {
    const pack = await store.pack(words.case, words.stream), note = pack && await store.note(pack.name);
    drop.hidden = !note;
    get.querySelector('span').textContent = note ? words.textAgain : words.textGet;
    told.textContent = !note ? '' : store.filled(words.textKept, Object.assign({}, note, {
      size: (note.bytes / 1048576).toFixed(1), at: store.time(note.at), until: store.time(pack.until)
    }));
    // the pages of an old release go as soon as there is a new one
    if (note && store.version && note.version !== store.version && !store.isOff() && !get.disabled) take();
  };

  const marks = async () => {
    const items = (await store.items()).filter(isMine);
    links.forEach(link => {
      const own = items.filter(item => item.page === link.dataset.page), old = link.parentNode.querySelector('[data-mark]');
      if (old) old.remove();
      if (own.length) link.after(store.clone(own.some(item => item.state !== 'waiting') ? 'mark-stuck' : 'mark-waiting'));
    });
  };

  get.addEventListener('click', take);
  drop.addEventListener('click', async () => {
    await store.dropPacks(isMine);
    await paint();
    told.textContent = words.textDropped;
    get.focus();
  });
  document.addEventListener('kept', marks);
  marks().then(paint).then(() => store.ready).then(paint).catch(() => { told.textContent = words.textMissingNone; });
})();
