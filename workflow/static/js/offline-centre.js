/* The page of what waits on this device: the queue, what was refused, what stands against a colleague's answer, the packs. */
(() => {
  'use strict';
  const store = document.offline, root = document.getElementById('centre');
  if (!store || !store.say || !root || store.centre) return;
  store.centre = root;
  const words = store.words, queue = document.getElementById('queue'), kept = document.getElementById('kept');
  const told = queue.querySelector('[data-told]'), list = queue.querySelector('ul'), foot = queue.querySelector('footer');
  const KINDS = { waiting: 'st-doing', parked: 'st-returned', conflict: 'st-diff' };
  const word = name => words['text' + name[0].toUpperCase() + name.slice(1)];
  const megabytes = bytes => (bytes / 1048576).toFixed(1);
  const missing = store.missing(), leave = document.getElementById('leave-' + new URLSearchParams(location.search).get('leave'));

  queue.hidden = false;
  if (leave) {
    leave.hidden = false;
    leave.focus();
  }
  if (missing) {
    told.textContent = words['textMissing' + missing];
    queue.querySelector('[data-again]').hidden = true;
    return;
  }

  /* ---- one thing that waits ---- */

  const valueOf = (item, name) => (item.fields.find(pair => pair[0] === name) || ['', ''])[1];
  const mineOf = (item, key) => valueOf(item, 'verdict-' + key) === 'confirmed' ? words.textConfirmed : valueOf(item, 'value-' + key);

  const again = async item => {
    Object.assign(item, { state: 'waiting', reason: '', refusals: 0, faults: [], conflicts: [] });
    await store.update(item);
    store.replay();
  };

  /* one's own answer goes over what was seen there; or the colleague's stands, and one's own to it is taken out */
  const settle = (item, chosen) => {
    item.conflicts.forEach(clash => {
      const names = ['verdict', 'value', 'reason', 'proof', 'revision'].map(part => part + '-' + clash.key);
      if (chosen(clash) === 'mine') {
        item.fields.forEach(pair => { if (pair[0] === names[4]) pair[1] = String(clash.revision); });
      } else {
        item.fields = item.fields.filter(pair => !names.includes(pair[0]));
        item.files = item.files.filter(file => !names.includes(file.field));
      }
    });
    again(item);
  };

  const choices = (item, box) => {
    const name = clash => 'choice-' + item.n + '-' + clash.key;
    const chosen = clash => (box.querySelector('[name="' + name(clash) + '"]:checked') || {}).value;
    item.conflicts.forEach(clash => {
      const set = store.clone('choice'), said = set.querySelectorAll('label span');
      set.querySelector('legend').textContent = clash.label;
      set.querySelector('.hint').textContent = store.filled(words.textClash, clash);
      said[0].textContent = store.filled(words.textMine, { value: mineOf(item, clash.key) });
      said[1].textContent = store.filled(words.textTheirs, clash);
      set.querySelectorAll('input').forEach(one => { one.name = name(clash); });
      box.append(set);
    });
    const go = Object.assign(document.createElement('button'), { type: 'button', className: 'btn btn-primary', textContent: words.textChoose });
    go.addEventListener('click', () => {
      const open = item.conflicts.find(clash => !chosen(clash));
      if (open) box.querySelector('[name="' + name(open) + '"]').focus();
      else settle(item, chosen);
    });
    box.append(go);
  };

  const row = item => {
    const line = store.clone('row'), part = selector => line.querySelector(selector), kind = word(item.kind);
    const named = button => button.setAttribute('aria-label', button.textContent + ' ' + item.title + ' ' + kind);
    line.dataset.n = item.n + item.state;
    Object.assign(part('a'), { textContent: item.title, href: item.url });
    part('.st').classList.add(KINDS[item.state]);
    part('.st').textContent = word(item.state);
    part('p').textContent = store.filled(words.textMeta, { place: item.place, kind, at: store.time(item.at) });
    Object.assign(part('.err'), { hidden: item.state !== 'parked', textContent: item.reason });
    part('[data-retry]').hidden = item.state !== 'parked';
    named(part('[data-retry]'));
    named(part('[data-drop]'));
    part('[data-retry]').addEventListener('click', () => again(item));
    part('[data-drop]').addEventListener('click', () => document.ask(store.filled(words.textDrop, { name: item.title + ' ' + kind }), async () => {
      await store.drop(item.n);
      store.tell();
    }));
    if (item.state === 'conflict') choices(item, part('[data-conflicts]'));
    return line;
  };

  /* rows that stand as they stood are left alone: somebody may just be choosing in them */
  const paintQueue = async () => {
    const items = await store.items(), last = await store.note('last-' + store.user);
    const text = store.filled(items.length ? words.textSome : words.textNone, { n: items.length }) + ' ' +
      (last ? store.filled(words.textLast, { at: store.time(last) }) : words.textNever);
    if (told.textContent !== text) told.textContent = text;
    const wanted = items.map(item => item.n + item.state);
    Array.from(list.children).forEach(line => { if (!wanted.includes(line.dataset.n)) line.remove(); });
    items.forEach((item, place) => {
      const there = list.children[place];
      if (!there || there.dataset.n !== wanted[place]) list.insertBefore(row(item), there || null);
    });
    foot.hidden = !items.length;
  };

  const paintPacks = async () => {
    kept.hidden = false;
    const lines = [];
    for (const pack of await store.own()) {
      const note = await store.note(pack.name), line = store.clone('pack-row'), link = line.querySelector('a'), button = line.querySelector('button');
      if (!note) continue;
      Object.assign(link, { textContent: note.place + ' · ' + note.title, href: note.url });
      line.querySelector('p').textContent = store.filled(words.textPack, {
        pages: note.pages, size: megabytes(note.bytes), at: store.time(note.at), until: store.time(pack.until)
      });
      button.setAttribute('aria-label', button.textContent + ' ' + link.textContent);
      button.addEventListener('click', async () => {
        await store.dropPacks(one => one.name === pack.name);
        paintPacks();
      });
      lines.push(line);
    }
    kept.querySelector('ul').replaceChildren(...lines);
    const room = navigator.storage && navigator.storage.estimate ? (await navigator.storage.estimate()).usage : 0;
    kept.querySelector('[data-room]').textContent = (lines.length ? '' : words.textNoPacks + ' ') +
      (room ? store.filled(words.textRoom, { size: megabytes(room) }) : '');
  };

  queue.querySelector('[data-again]').addEventListener('click', store.replay);
  queue.querySelector('[data-drop-all]').addEventListener('click', async () => {
    const items = await store.items();
    document.ask(store.filled(words.textDropAll, { n: items.length }), async () => {
      for (const item of items) await store.drop(item.n);
      store.tell();
    });
  });
  document.addEventListener('kept', paintQueue);
  store.ready.then(paintQueue).then(paintPacks).catch(() => { told.textContent = words.textMissingNone; });
})();
