/* What this device keeps for site visits: pages in caches, answers and photos in a database, each under its person.
   Loaded on the pages of a visit, and on every page while the device keeps anything (see app.js). */
(() => {
  'use strict';
  if (document.offline) return;
  const PACK = 'xingping-pack-', LOCK = 'xingping-lock', FLAG = 'xingping-kept';
  const HOURS = 72; // what nobody took along anew for three days is not on its way to a visit
  const store = document.offline = {
    home: document.getElementById('words').dataset.offlineHome, user: document.body.dataset.user || ''
  };

  /* '' where everything is there, else why not */
  store.missing = () => {
    if (window.isSecureContext === false) return 'Http';
    if (navigator.serviceWorker && window.caches && window.indexedDB && window.crypto) return '';
    return /MicroMessenger|DingTalk|QQ\//i.test(navigator.userAgent) ? 'Webview' : 'None';
  };

  store.key = () => crypto.randomUUID ? crypto.randomUUID() :
    Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join('');

  store.tell = () => { document.dispatchEvent(new CustomEvent('kept')); };

  store.within = (promise, ms) => Promise.race([promise, new Promise((_yes, no) => setTimeout(() => no(new Error('late')), ms))]);

  /* ---- the database: items in the order in which the person acted, and notes by name ---- */

  let opened = null;
  const open = () => opened = opened || new Promise((yes, no) => {
    const asked = indexedDB.open('xingping', 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore('items', { keyPath: 'n', autoIncrement: true }).createIndex('user', 'user');
      asked.result.createObjectStore('notes', { keyPath: 'name' });
    };
    asked.onsuccess = () => yes(asked.result);
    asked.onerror = asked.onblocked = () => { opened = null; no(asked.error || new Error('blocked')); };
  });

  /* one transaction; resolves when it is safely written, not before */
  const work = async (name, mode, act) => {
    const deal = (await open()).transaction(name, mode);
    return new Promise((yes, no) => {
      const asked = act(deal.objectStore(name));
      deal.oncomplete = () => yes(asked.result);
      deal.onerror = deal.onabort = () => no(deal.error || new Error('aborted'));
    });
  };
  const read = (name, act) => work(name, 'readonly', act), write = (name, act) => work(name, 'readwrite', act);

  store.items = () => read('items', rows => rows.index('user').getAll(store.user));
  store.get = n => read('items', rows => rows.get(n));
  store.put = async item => {
    item.n = await write('items', rows => rows.put(item));
    await flag();
    return item;
  };
  store.drop = async n => { await write('items', rows => rows.delete(n)); await flag(); };
  /* write an item again unless somebody has dropped it meanwhile */
  store.update = item => write('items', rows => {
    const asked = rows.get(item.n);
    asked.onsuccess = () => { if (asked.result) rows.put(item); };
    return asked;
  });
  store.note = async name => ((await read('notes', rows => rows.get(name))) || {}).value;
  store.write = (name, value) => write('notes', rows => rows.put({ name, value }));

  /* One open page of this browser uploads at a time; the lock ends with the page, so nothing hangs. Where browsers lack
     locks two pages may send the same item: its key makes that harmless. */
  store.alone = act => !navigator.locks ? act() :
    navigator.locks.request('xingping-upload', { ifAvailable: true }, lock => lock ? act() : null);

  /* ---- packs: the pages of one stream of one case, until a moment ---- */

  store.packs = async () => !window.caches ? [] : (await caches.keys()).filter(name => name.startsWith(PACK)).map(name => {
    const part = name.split('-');
    return { name, user: part[2], case: part[3], stream: part[4], until: Number(part[5]) };
  });
  store.own = async () => (await store.packs()).filter(pack => pack.user === store.user && pack.until > Date.now());
  store.pack = async (number, stream) => (await store.own()).filter(pack => pack.case === number && pack.stream === stream).pop();
  store.packName = (number, stream) => [PACK + store.user, number, stream, Date.now() + HOURS * 3600000].join('-');

  /* a page as the worker can give it back, with the time; returns its bytes */
  store.keep = async (cache, url, answer) => {
    const headers = new Headers(answer.headers), body = await answer.clone().arrayBuffer();
    headers.set('X-Kept', new Date().toISOString());
    await cache.put(url, new Response(body, { status: 200, headers }));
    return body.byteLength;
  };

  store.dropPacks = async test => {
    for (const pack of (await store.packs()).filter(test)) {
      await caches.delete(pack.name);
      await write('notes', rows => rows.delete(pack.name));
    }
    await flag();
  };

  /* while somebody is just signing in, nobody is shown what another may have kept */
  store.lock = () => window.caches && caches.open(LOCK);
  store.unlock = () => window.caches && caches.delete(LOCK);

  /* app.js looks at this mark on every page: without it nothing of all this is loaded there */
  const flag = async () => {
    const any = (await store.packs()).length || await read('items', rows => rows.count());
    try {
      if (any) localStorage.setItem(FLAG, '1');
      else localStorage.removeItem(FLAG);
    } catch (error) { /* a browser that keeps nothing has nothing to mark */ }
  };
})();
