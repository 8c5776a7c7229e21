/* The bar that says how things stand without network, and what cannot be opened then. After offline-sync.js. */
(() => {
  'use strict';
  const store = document.offline, root = document.getElementById('offline');
  if (!store || !root || store.say) return;
  const words = store.words = Object.assign({}, root.dataset, (document.querySelector('[data-offline-words]') || root).dataset);
  const bar = document.querySelector('[data-net]'), text = bar.querySelector('span'), link = bar.querySelector('a');
  let said = '';

  store.filled = (pattern, values) => pattern.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
  store.time = moment => {
    const day = new Date(moment), options = { hour: '2-digit', minute: '2-digit' };
    if (new Date().toDateString() !== day.toDateString()) Object.assign(options, { month: 'long', day: 'numeric' });
    return day.toLocaleString(document.documentElement.lang === 'en' ? 'en-GB' : 'zh-CN', options);
  };
  store.isOff = () => navigator.onLine === false || !store.net;
  store.clone = id => document.getElementById(id).content.firstElementChild.cloneNode(true);

  const show = (sentence, out) => {
    bar.hidden = !sentence;
    bar.querySelector('svg').toggleAttribute('hidden', !store.isOff());
    if (text.textContent !== sentence) text.textContent = sentence; // a reader hears it once
    link.href = out ? words.login + '?next=' + encodeURIComponent(location.pathname) : store.home;
    link.textContent = out ? words.textLogin : words.textCentre;
    link.hidden = link.pathname === location.pathname;
  };

  /* a sentence of the moment, in place of how things stand */
  store.say = sentence => { said = sentence; paint(); };

  const paint = async () => {
    const items = await store.items().catch(() => []), n = items.filter(item => item.state === 'waiting').length;
    const values = { n, stuck: items.length - n };
    if (said) show(said);
    else if (store.isOff()) show(store.filled(n ? words.textOff : words.textOffEmpty, values));
    else if (store.signedOut) show(store.filled(words.textOut, values), true);
    else if (values.stuck) show(store.filled(words.textStuck, values));
    else show(n ? store.filled(words.textSending, values) : '');
  };
  document.addEventListener('kept', paint);

  store.isKept = async url => {
    for (const pack of await store.own()) {
      if (await (await caches.open(pack.name)).match(url, { ignoreVary: true, ignoreSearch: true })) return true;
    }
    return false;
  };

  document.addEventListener('click', async event => {
    const goal = event.target.closest ? event.target.closest('a[href]') : null;
    if (!goal || navigator.onLine !== false || event.defaultPrevented || goal.origin !== location.origin) return;
    if (goal.hash && goal.pathname === location.pathname) return;
    event.preventDefault();
    if (await store.isKept(goal.href.split('#')[0])) location.assign(goal.href);
    else store.say(store.filled(words.textNoPage, { name: goal.textContent.trim().slice(0, 30) }));
  });
  document.addEventListener('submit', event => {
    if (event.defaultPrevented || navigator.onLine !== false) return;
    event.preventDefault();
    store.say(words.textNoForm);
  });
  if (!store.missing()) paint();
})();
