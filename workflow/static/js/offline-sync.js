/* Sends what this device kept, in the order in which it was done, case by case; and keeps watch over whose device it is.
   After offline-store.js. An item leaves only on an answer of ours that names its key. */
(() => {
  'use strict';
  const store = document.offline;
  if (!store || store.replay) return;
  const EVERY = 20000, ASK = 8000, SEND = 40000, SEND_FILES = 150000; // ms
  const iAmKept = document.body.dataset.kept !== undefined;
  store.net = !iAmKept && navigator.onLine !== false;
  store.signedOut = false;

  store.timed = async (url, options, ms) => {
    const stop = new AbortController(), timer = setTimeout(() => stop.abort(), ms);
    const settings = { credentials: 'same-origin', cache: 'no-store', redirect: 'manual', signal: stop.signal };
    try {
      return await fetch(url, Object.assign(settings, options));
    } finally { clearTimeout(timer); }
  };

  const isData = answer => /^application\/json/.test(answer.headers.get('Content-Type') || '');

  /* who is signed in, a token that is good now, and what must go from this device; throws while there is no network */
  store.ask = async () => {
    try {
      const asked = new URLSearchParams((await store.packs()).map(pack => ['case', pack.case]));
      asked.append('mark', await store.note('mark') || '');
      const answer = await store.timed(store.home + 'state/?' + asked, {}, ASK);
      if (!answer.ok || !isData(answer)) throw new Error(String(answer.status)); // a network's own sign-in page
      const state = await answer.json();
      store.net = true;
      store.version = state.version;
      store.signedOut = state.user !== store.user;
      if (state.user) await store.write('mark', state.mark);
      // out by one's own doing, by an administrator or a new password: the pages go; after a pause they stay
      const ended = /signed_out|elsewhere|deactivated|password/.test(state.ended);
      if (state.user || ended) {
        await store.dropPacks(pack => ended || pack.user !== state.user || pack.until < Date.now() || state.gone.includes(Number(pack.case)));
      }
      if (iAmKept && notTheirs(state)) location.reload(); // the server says what to see
      return state;
    } catch (error) {
      store.net = false;
      throw error;
    }
  };

  const notTheirs = state => {
    const part = /\/cases\/(\d+)\//.exec(location.pathname);
    return (state.user && store.signedOut) || (part && state.gone.includes(Number(part[1])));
  };

  /* 'stored', 'refused', 'away' or 'out'; a refusal is written beside the item */
  const send = async (item, token) => {
    const body = new FormData();
    item.fields.concat([['client_key', item.key], ['autosave', '1']]).forEach(pair => body.append(pair[0], pair[1]));
    item.files.forEach(file => body.append(file.field, new Blob([file.data], { type: file.type }), file.name));
    const headers = { 'X-CSRFToken': token, 'X-Replay': item.key, 'X-Person': item.user };
    try {
      const answer = await store.timed(item.url, { method: 'POST', body, headers }, item.files.length ? SEND_FILES : SEND);
      const status = answer.status;
      if (answer.type === 'opaqueredirect' || status === 401) return 'out';
      if (status >= 500 || status === 429 || status === 408) return 'away';
      if (isData(answer)) {
        const said = await answer.json();
        if (answer.ok) return said.stored === item.key ? 'stored' : 'away';
        return refused(item, said, status);
      }
      return status < 400 ? 'away' : foreign(item, status, await answer.text());
    } catch (error) { return 'away'; }
  };

  const refused = async (item, said, status) => {
    item.state = said.code === 'conflict' ? 'conflict' : 'parked';
    Object.assign(item, { reason: said.sentence, faults: said.faults || [], conflicts: said.conflicts || [] });
    await store.update(item);
    if (status === 403 || status === 404) await store.dropPacks(pack => pack.case === item.case);
    return 'refused';
  };

  /* a refusal that is a page: of the guard against forged posts, which a fresh token may mend, or of a server before ours */
  const foreign = async (item, status, text) => {
    item.refusals = (item.refusals || 0) + 1;
    await store.update(item);
    if (status === 403 && item.refusals < 3) return 'away';
    const reason = new DOMParser().parseFromString(text, 'text/html').querySelector('.notice > div, main p:not(.error-code)');
    const words = document.getElementById('words').dataset;
    return refused(item, { sentence: reason ? reason.textContent.trim() : words.textRefused.replace('{status}', status) });
  };

  /* the pages whose records have just arrived, and their lists, as they are now */
  const refresh = async items => {
    for (const item of items) {
      const pack = await store.pack(item.case, item.stream), cache = pack && await caches.open(pack.name);
      for (const url of pack ? [item.url, item.list] : []) {
        const answer = await store.timed(url, {}, ASK);
        if (answer.ok) await store.keep(cache, url, answer);
      }
    }
  };

  const one = async (item, token, held) => {
    item.tries += 1; // from now on it may have arrived, whatever we hear
    await store.update(item);
    const outcome = await send(item, token);
    if (outcome === 'away') held.add(item.case);
    if (outcome === 'out') store.signedOut = true;
    if (outcome === 'stored') {
      await store.drop(item.n);
      await store.write('last-' + item.user, Date.now());
    }
    store.tell();
    return outcome === 'stored';
  };

  const all = async token => {
    const held = new Set(), arrived = new Map();
    for (const item of await store.items()) {
      if (item.state !== 'waiting' || held.has(item.case) || store.signedOut) continue;
      if (await one(item, token, held)) arrived.set(item.url, item);
    }
    await refresh(arrived.values()).catch(() => { /* they stay as old as they were */ });
  };

  const replay = async () => {
    try {
      if (navigator.onLine === false) { store.net = false; return; }
      const state = await store.ask();
      store.tell();
      if (state.user === store.user) await store.alone(() => all(state.token));
    } catch (error) { /* no network, or none that reaches us: everything stays where it is */
    } finally { store.tell(); }
  };

  /* one at a time on a page; who asks meanwhile gets a go of their own after it */
  let busy = Promise.resolve();
  store.replay = () => busy = busy.then(replay);

  /* ---- whose device: somebody else signed in, or is signing in; signing out ---- */

  const leave = async form => {
    const waiting = await store.items().catch(() => []);
    if (waiting.length) location.assign(store.home + '?leave=waiting');
    else if (navigator.onLine === false) location.assign(store.home + '?leave=offline');
    else {
      await store.dropPacks(() => true);
      form.submit();
    }
  };

  document.addEventListener('submit', event => {
    if (event.target.querySelector('[type="password"], [name="username"]')) store.lock(); // until a page says who it is
    else if (!event.defaultPrevented && store.user && /\/logout\/$/.test(event.target.action)) {
      event.preventDefault();
      leave(event.target);
    }
  });

  store.ready = Promise.resolve();
  if (store.missing()) return;
  if (!store.user) {
    addEventListener('pageshow', () => { if (document.querySelector('[name="username"]')) store.unlock(); });
    store.ask().catch(() => { /* no network: it is asked next time */ });
    return;
  }
  store.ready = store.dropPacks(pack => pack.user !== store.user || pack.until < Date.now()).then(store.unlock).then(store.replay, () => {});
  addEventListener('online', store.replay);
  addEventListener('offline', () => { store.net = false; store.tell(); });
  document.addEventListener('visibilitychange', () => { if (!document.hidden) store.replay(); });
  setInterval(async () => {
    if (document.hidden) return;
    if (!store.net || (await store.items()).some(item => item.state === 'waiting')) store.replay();
  }, EVERY);
})();
