/* The service worker below /cases/. The server puts VERSION, AWAY and HOME before this text.
   It answers from what a person had kept (caches xingping-pack-<user>-<case>-<stream>-<expires>) only when the network
   does not, and keeps nothing itself but the page that says so. */
'use strict';
var PACK = 'xingping-pack-', SHELL = 'xingping-shell-' + VERSION, LOCK = 'xingping-lock';
var PATIENCE = 5000; // ms: a bar of signal that carries nothing is no network, where there is a kept page
var AGAIN = 1500; // ms: for a minute after that
var SIGNED = /\.[0-9a-f]{12}\.\w+$/; // a file whose name changes with its content never has to be asked for again
var slowUntil = 0;

function patience() { return Date.now() < slowUntil ? AGAIN : PATIENCE; }

function assets(html) {
  var found = [], pattern = /(?:href|src)="(\/static\/[^"]+|https?:\/\/[^"]+\/static\/[^"]+)"/g, hit;
  while ((hit = pattern.exec(html))) found.push(hit[1]);
  return found;
}

self.addEventListener('install', function (event) {
  event.waitUntil(caches.open(SHELL).then(function (cache) {
    return fetch(AWAY, { cache: 'no-store' }).then(function (answer) {
      if (!answer.ok) throw new Error(String(answer.status));
      return Promise.all([answer.clone().text(), cache.put(AWAY, answer)]);
    }).then(function (both) { return cache.addAll(assets(both[0])); });
  }).then(function () { return self.skipWaiting(); }));
});

self.addEventListener('activate', function (event) {
  event.waitUntil(caches.keys().then(function (names) {
    return Promise.all(names.filter(function (name) {
      return (/^xingping-shell-/.test(name) && name !== SHELL) || expired(name);
    }).map(function (name) { return caches.delete(name); }));
  }).then(function () { return self.clients.claim(); }));
});

function expired(name) {
  return name.indexOf(PACK) === 0 && Number(name.split('-').pop()) < Date.now();
}

/* The kept answer to an address, unless its time is over or somebody is just signing in on this device. */
function kept(url) {
  return caches.keys().then(function (names) {
    if (names.indexOf(LOCK) >= 0) return null;
    var packs = names.filter(function (name) { return name.indexOf(PACK) === 0 && !expired(name); });
    return packs.reduce(function (before, name) {
      return before.then(function (found) {
        if (found) return found;
        return caches.open(name).then(function (cache) {
          return cache.match(url, { ignoreVary: true, ignoreSearch: new URL(url).pathname === HOME });
        });
      });
    }, Promise.resolve(null));
  });
}

function forget(url) {
  var part = /\/cases\/(\d+)\//.exec(url);
  return caches.keys().then(function (names) {
    return Promise.all(names.filter(function (name) {
      return part && name.indexOf(PACK) === 0 && name.split('-')[3] === part[1];
    }).map(function (name) { return caches.delete(name); }));
  });
}

function within(promise, ms) {
  return new Promise(function (yes, no) {
    setTimeout(function () { no(new Error('late')); }, ms);
    promise.then(yes, no);
  });
}

/* The kept page tells its scripts that it is kept, and since when. */
function marked(answer) {
  return answer.text().then(function (text) {
    var headers = new Headers(answer.headers);
    headers.delete('Content-Encoding');
    headers.delete('Content-Length');
    var since = answer.headers.get('X-Kept') || '1';
    return new Response(text.replace('<body', '<body data-kept="' + since + '"'), { status: 200, headers: headers });
  });
}

function away() {
  return caches.match(AWAY).then(function (answer) {
    return answer ? answer.text().then(function (text) {
      return new Response(text, { status: 503, headers: { 'Content-Type': 'text/html; charset=utf-8' } });
    }) : Response.error();
  });
}

function instead(copy) {
  if (!copy) return away();
  slowUntil = Date.now() + 60000;
  return marked(copy);
}

function page(request) {
  return kept(request.url).then(function (copy) {
    var asked = fetch(request);
    return (copy ? within(asked, patience()) : asked).then(function (answer) {
      if (copy && (answer.status === 403 || answer.status === 404)) {
        return forget(request.url).then(function () { return answer; });
      }
      if (copy && answer.status >= 502 && answer.status <= 504) return instead(copy);
      slowUntil = 0;
      return answer;
    }, function () { return instead(copy); });
  });
}

function asset(request) {
  return kept(request.url).then(function (copy) {
    return copy || caches.open(SHELL).then(function (cache) { return cache.match(request.url); });
  }).then(function (copy) {
    if (!copy) return fetch(request);
    if (SIGNED.test(request.url) || Date.now() < slowUntil) return copy;
    return within(fetch(request), patience()).catch(function () { return copy; });
  });
}

self.addEventListener('fetch', function (event) {
  var request = event.request;
  if (request.method !== 'GET' || new URL(request.url).origin !== self.location.origin) return;
  if (request.mode === 'navigate') event.respondWith(page(request));
  else if (/^(style|script|image|font|manifest)$/.test(request.destination)) event.respondWith(asset(request));
});
