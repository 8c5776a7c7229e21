/* The page of one indicator: what is saved goes into this device first, then out. Works where the stream was taken along
   (a pack), or while there is no network; else the form goes out as ever. After offline-bar.js. */
(() => {
  'use strict';
  const store = document.offline, form = document.getElementById('sighting'), trouble = document.getElementById('trouble');
  if (!form) return;
  const can = store && store.say && trouble && !store.missing();
  let pack, held, saving = false;
  const active = () => can && (pack || held || store.isOff());

  /* files of a form that goes out as ever have a bar, whose script comes with the first file */
  document.addEventListener('change', event => {
    const later = form.querySelector('[data-script]');
    if (event.target.type !== 'file' || event.target.form !== form || !later || active()) return;
    document.head.append(Object.assign(document.createElement('script'), { src: later.dataset.script }));
    later.removeAttribute('data-script');
  });

  if (!can || form.dataset.ready !== undefined) return;
  const words = store.words, field = form.querySelector('[data-photo]'), photos = form.querySelector('.photos');
  const local = form.querySelector('[data-local]');

  const mine = async () => (await store.items()).filter(item => item.url === location.pathname);
  const isForm = item => item.kind === 'form', isStuck = item => item.state !== 'waiting';

  const make = (kind, fields, files) => store.put({
    key: store.key(), user: store.user, case: words.case, stream: words.stream, page: form.dataset.page, kind, at: Date.now(),
    url: location.pathname, list: words.list, title: form.dataset.title, place: words.place, files,
    fields: fields.concat([['acted_at', new Date().toISOString()]]),
    state: 'waiting', reason: '', tries: 0
  });

  /* ---- where, if the person agrees: asked for once, then with every page until it is unticked ---- */

  const agreed = form.querySelector('[data-stamp]'), box = agreed.querySelector('input'), where = form.querySelector('[name="where"]');
  const PLACE = 'xingping-place';

  const locate = () => {
    const told = agreed.querySelector('[data-stamp-told]');
    where.value = told.textContent = '';
    if (!box.checked) return;
    told.textContent = words.textPlacing;
    navigator.geolocation.getCurrentPosition(found => {
      const at = found.coords, metres = Math.round(at.accuracy);
      if (!box.checked) return;
      where.value = [at.latitude.toFixed(5), at.longitude.toFixed(5), metres].join(',');
      told.textContent = store.filled(words.textPlaced, { metres });
    }, () => { told.textContent = words.textUnplaced; }, { enableHighAccuracy: true, maximumAge: 60000, timeout: 20000 });
  };

  if (navigator.geolocation) {
    agreed.hidden = false;
    box.checked = localStorage.getItem(PLACE) === store.user;
    box.addEventListener('change', () => {
      if (box.checked) localStorage.setItem(PLACE, store.user);
      else localStorage.removeItem(PLACE);
      locate();
    });
    locate();
  }

  const packed = async (file, goal) => {
    const small = await document.smaller(file);
    return { field: goal, name: small.name, type: small.type, data: await small.arrayBuffer() };
  };

  /* ---- what is kept of this page, shown ---- */

  const restore = item => {
    item.fields.forEach(([name, value]) => form.querySelectorAll('[name="' + name + '"]').forEach(one => {
      if (one.type === 'radio') one.checked = one.value === value;
      else if (one.type !== 'file' && one !== where) one.value = value;
      const fold = one.type === 'text' && value && one.closest('details');
      if (fold) fold.open = true;
    }));
    item.files.forEach(file => {
      const place = form.querySelector('[name="' + file.field + '"]'), line = document.createElement('p');
      line.textContent = store.filled(words.textFile, file);
      if (place) place.after(line);
    });
  };

  const addTile = item => {
    const box = store.clone('waiting-photo'), url = URL.createObjectURL(new Blob([item.files[0].data], { type: item.files[0].type }));
    const picture = box.querySelector('img');
    picture.onload = picture.onerror = () => URL.revokeObjectURL(url);
    picture.src = url;
    box.dataset.n = item.n;
    box.setAttribute('aria-label', store.filled(words.textTile, { time: store.time(item.at) }));
    box.addEventListener('click', () => document.ask(words.textDropPhoto, async () => {
      await store.drop(item.n);
      box.remove();
      store.tell();
    }));
    photos.insertBefore(box, photos.lastElementChild);
  };

  const explain = item => {
    trouble.hidden = !item;
    if (!item) return;
    trouble.querySelector('[data-conflict]').hidden = item.state !== 'conflict';
    const faults = item.faults.length ? item.faults : [{ sentence: item.reason }];
    trouble.querySelector('ul').replaceChildren(...faults.map(fault => {
      const line = document.createElement('li'), goal = document.getElementById('id_' + fault.field);
      const said = document.createElement(goal ? 'a' : 'span');
      if (goal) said.href = '#' + goal.id;
      said.textContent = fault.sentence;
      line.append(said);
      return line;
    }));
  };

  const paint = async () => {
    const items = await mine(), n = items.filter(item => !isStuck(item)).length;
    held = items.length > 0;
    local.textContent = n ? store.filled(words.textLocal, { n }) : local.textContent && !items.length ? words.textUp : '';
    explain(items.filter(isStuck).pop());
    photos.querySelectorAll('[data-n]').forEach(box => {
      const left = items.find(item => item.n === Number(box.dataset.n));
      box.querySelector('.tag').textContent = !left ? words.textUpTag : isStuck(left) ? words.textStuckTag : words.textWaitTag;
      box.disabled = !left;
    });
    return items;
  };

  /* ---- keeping ---- */

  const failed = error => store.say(error.name === 'QuotaExceededError' ? words.textFull : words.textFailed);

  const keepPhotos = async () => {
    for (const file of Array.from(field.files)) addTile(await make('photo', [['verb', 'photos'], ['where', where.value]], [await packed(file, 'photos')]));
    field.value = '';
  };

  /* proofs are part of the answer they prove; what was kept with the answer goes along where none is chosen anew */
  const proofs = async before => {
    const files = [];
    for (const one of form.querySelectorAll('input[type="file"]:not([data-photo])')) {
      const old = before.find(file => file.field === one.name);
      if (one.files.length) files.push(await packed(one.files[0], one.name));
      else if (old) files.push(old);
    }
    return files;
  };

  const keepForm = async () => {
    const fields = Array.from(new FormData(form)).filter(([name, value]) =>
      typeof value === 'string' && !/^(csrfmiddlewaretoken|client_key|next)$/.test(name));
    const old = (await mine()).filter(isForm);
    const item = await make('form', fields, await proofs(old.length ? old[old.length - 1].files : []));
    // what never went out, or came back, is replaced; what may have arrived goes out first, as it was
    for (const one of old) if (!one.tries || isStuck(one)) await store.drop(one.n);
    return item;
  };

  const goOn = async (item, url) => {
    delete form.dataset.dirty;
    local.textContent = words.textHere;
    await store.within(store.replay(), store.isOff() ? 800 : 4000).catch(() => { /* it goes on by itself */ });
    const left = await store.get(item.n);
    if (left && isStuck(left)) {
      await paint();
      trouble.focus();
    } else if (left && store.isOff() && !await store.isKept(url)) store.say(words.textStay);
    else location.assign(url);
  };

  document.addEventListener('change', event => {
    if (event.target !== field || !active() || !field.files.length) return;
    event.stopImmediatePropagation();
    keepPhotos().then(store.tell).then(store.replay).catch(failed);
  }, true);

  document.addEventListener('submit', async event => {
    if (event.target !== form || !active()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (saving) return;
    saving = true;
    try {
      await keepPhotos();
      await goOn(await keepForm(), form.dataset.next || words.list);
    } catch (error) { failed(error); }
    saving = false;
  }, true);

  trouble.querySelector('[data-drop]').addEventListener('click', () => document.ask(words.textDrop, async () => {
    for (const item of (await mine()).filter(isStuck)) await store.drop(item.n);
    location.reload();
  }));

  const begin = async () => {
    pack = await store.pack(words.case, words.stream);
    const items = await mine(), kept = items.filter(isForm).pop();
    if (kept) restore(kept);
    items.filter(item => !isForm(item)).forEach(addTile);
    document.addEventListener('kept', paint);
    await paint();
    form.dataset.ready = pack ? 'pack' : 'none';
  };
  begin().catch(() => { /* no database: the form goes out as ever */ });
})();
