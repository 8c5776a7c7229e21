/* Takes the pages of a stream along: the list, its pages, what they are made of. Asked for by offline-list.js. */
(() => {
  'use strict';
  const store = document.offline, words = store.words, links = store.taking.links, meter = store.taking.meter;
  const PICTURE = 200 * 1024, PICTURES = 20 * 1024 * 1024, SIDE_BY_SIDE = 3;

  const fetched = async url => {
    const answer = await store.timed(url, {}, 30000);
    if (!answer.ok) throw new Error(answer.status + ' ' + url);
    return answer;
  };

  const inTurn = (list, act) => {
    const left = Array.from(list);
    const go = async () => { while (left.length) await act(left.shift()); };
    return Promise.all(Array.from({ length: SIDE_BY_SIDE }, go));
  };

  const show = (done, all) => {
    meter.hidden = false;
    Object.assign(meter.querySelector('progress'), { max: all, value: done });
    meter.querySelector('[data-share]').textContent = done + '/' + all;
  };

  const download = async cache => {
    const needed = new Set(), pictures = new Set(), found = { bytes: 0, pages: links.length, pictures: 0 };
    const pages = [location.pathname, store.home].concat(links.map(link => link.pathname));
    const keep = async (url, answer) => { found.bytes += await store.keep(cache, url, answer); };
    let done = 0, room = PICTURES;
    show(0, pages.length);
    await inTurn(pages, async url => {
      const answer = await fetched(url), page = new DOMParser().parseFromString(await answer.clone().text(), 'text/html');
      page.querySelectorAll('link[rel="stylesheet"], link[rel="icon"], link[rel="manifest"], script[src]').forEach(one => {
        needed.add(new URL(one.getAttribute('href') || one.getAttribute('src'), location.href).href);
      });
      page.querySelectorAll('img[src]').forEach(one => pictures.add(new URL(one.getAttribute('src'), location.href).href));
      await keep(url, answer);
      show(++done, pages.length);
    });
    needed.add(new URL(words.take, location.href).href);
    await inTurn(needed, async url => keep(url, await fetched(url)));
    await inTurn(pictures, async url => {
      try {
        const answer = room > 0 && await fetched(url), size = answer && (await answer.clone().blob()).size;
        if (!answer || size > PICTURE) return;
        room -= size;
        found.pictures += 1;
        await keep(url, answer);
      } catch (error) { if (error.name === 'QuotaExceededError') throw error; /* else readable without its picture */ }
    });
    return found;
  };

  store.take = async () => {
    const name = store.packName(words.case, words.stream);
    try {
      if (navigator.storage && navigator.storage.persist) navigator.storage.persist();
      await navigator.serviceWorker.register(words.worker, { scope: words.scope });
      await store.within(navigator.serviceWorker.ready, 30000);
      const found = await download(await caches.open(name));
      const version = (await store.ask()).version; // and where somebody else is signed in by now, all this goes again
      await store.write(name, Object.assign(found, {
        version, at: Date.now(), place: words.place, title: document.querySelector('h1').textContent, url: location.pathname
      }));
      await store.dropPacks(pack => store.taking.isMine(pack) && pack.name !== name);
    } catch (error) {
      await store.dropPacks(pack => pack.name === name);
      throw error;
    }
  };
})();
