/* Small extras on pages that work without them: swapping a part of a page, autosave, score buttons, confirmation. */
(function () {
  'use strict';
  var root = document.documentElement;
  var words = (document.getElementById('words') || root).dataset;
  root.classList.add('js');

  function each(selector, act, within) {
    Array.prototype.forEach.call((within || document).querySelectorAll(selector), act);
  }

  function on(type, selector, act) {
    document.addEventListener(type, function (event) {
      var hit = event.target.closest ? event.target.closest(selector) : null;
      if (hit) act(hit, event);
    });
  }

  /* ---- data-swap: fetch a page and put one part of it in place of the part shown ---- */

  var latest = 0;

  function swap(target, url, body) {
    var turn = ++latest;
    var place = document.querySelector(target);
    if (place) place.setAttribute('aria-busy', 'true');
    return fetch(url, {
      method: body ? 'POST' : 'GET', body: body, credentials: 'same-origin',
      headers: { 'HX-Request': 'true', 'HX-Target': target.slice(1) }
    }).then(function (answer) {
      return answer.text().then(function (text) {
        if (turn !== latest) return;
        var page = new DOMParser().parseFromString(text, 'text/html');
        var fresh = page.querySelector(target);
        if (!answer.ok || !fresh) { location.assign(answer.url || url); return; }
        var symbols = page.getElementById('icons');
        if (symbols) document.getElementById('icons').insertAdjacentHTML('beforeend', symbols.innerHTML);
        document.querySelector(target).replaceWith(fresh);
        if (!body) history.replaceState(null, '', answer.url);
        refresh();
      });
    }).catch(function () { location.assign(url); });
  }

  function address(form) {
    var query = new URLSearchParams();
    new FormData(form).forEach(function (value, name) { if (value !== '') query.append(name, value); });
    var base = (form.getAttribute('action') || location.pathname).split('?')[0];
    return base + '?' + query.toString();
  }

  function send(form) {
    if (form.method === 'get') swap(form.dataset.swap, address(form));
    else swap(form.dataset.swap, form.action, new FormData(form));
  }

  on('click', 'a[data-swap]', function (link, event) {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    swap(link.dataset.swap, link.href);
  });
  on('submit', 'form[data-swap]', function (form, event) {
    if (event.defaultPrevented || (event.submitter && event.submitter.name)) return;
    event.preventDefault();
    send(form);
  });
  on('change', 'form[data-swap][method="get"]', function (form) { send(form); });
  var typing;
  on('input', 'form[data-swap][method="get"] [type="search"]', function (field) {
    clearTimeout(typing);
    typing = setTimeout(function () { send(field.form); }, 300);
  });

  /* ---- data-autosave and data-unsaved ---- */

  var waiting = new Map();

  function tell(text, bad) {
    each('[data-saved]', function (place) {
      place.textContent = text;
      place.classList.toggle('is-bad', bad);
    });
  }

  function save(form) {
    var body = new FormData(form);
    body.append('autosave', '1');
    var before = form.dataset.dirty;
    fetch(form.action, { method: 'POST', body: body, credentials: 'same-origin', headers: { 'HX-Request': 'true' } })
      .then(function (answer) {
        if (answer.status === 422) return answer.text().then(function (text) { tell(text, true); });
        if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
        if (form.dataset.dirty === before) delete form.dataset.dirty;
        tell('✓ ' + words.textSaved + ' ' + new Date().toTimeString().slice(0, 5), false);
      })
      .catch(function () { tell(words.textUnsaved, true); });
  }

  on('input', 'form[data-autosave], form[data-unsaved]', function (form, event) {
    form.dataset.dirty = String(Number(form.dataset.dirty || 0) + 1);
    if (form.dataset.autosave === undefined || event.target.type === 'file') return;
    clearTimeout(waiting.get(form));
    waiting.set(form, setTimeout(function () { save(form); }, 800));
  });
  document.addEventListener('submit', function (event) {
    if (event.defaultPrevented) return;
    clearTimeout(waiting.get(event.target));
    delete event.target.dataset.dirty;
  });
  addEventListener('beforeunload', function (event) {
    if (!document.querySelector('form[data-dirty]')) return;
    event.preventDefault();
    event.returnValue = words.textLeave;
  });

  /* ---- score buttons; arrow keys do the same ---- */

  function step(box, direction) {
    var field = box.querySelector('input');
    var size = Number(box.dataset.step) || 1;
    var most = box.dataset.max === '' ? Infinity : Number(box.dataset.max);
    var now = Number(field.value.replace('，', '.').replace(',', '.'));
    var next = Math.min(Math.max((isNaN(now) ? 0 : now) + direction * size, 0), most);
    field.value = String(Math.round(next * 100) / 100);
    field.dispatchEvent(new Event('input', { bubbles: true }));
    field.dispatchEvent(new Event('change', { bubbles: true }));
  }

  on('click', '[data-stepper] button', function (button) {
    step(button.parentNode, button === button.parentNode.firstElementChild ? -1 : 1);
  });
  on('keydown', '[data-stepper] input', function (field, event) {
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
    event.preventDefault();
    step(field.parentNode, event.key === 'ArrowUp' ? 1 : -1);
  });

  /* ---- data-confirm: a dialog before the form goes out ---- */

  function ask(question, go) {
    if (!window.HTMLDialogElement) { if (window.confirm(question)) go(); return; }
    var box = document.createElement('dialog');
    var text = document.createElement('p');
    var row = document.createElement('div');
    box.className = 'dialog';
    row.className = 'row';
    text.id = 'dialog-text';
    text.textContent = question;
    box.setAttribute('aria-labelledby', 'dialog-text');
    [[words.textNo, 'btn'], [words.textYes, 'btn btn-primary']].forEach(function (pair) {
      var button = document.createElement('button');
      button.type = 'button';
      button.className = pair[1];
      button.textContent = pair[0];
      button.addEventListener('click', function () { box.close(); if (pair[0] === words.textYes) go(); });
      row.appendChild(button);
    });
    box.append(text, row);
    box.addEventListener('close', function () { box.remove(); });
    document.body.appendChild(box);
    box.showModal();
  }
  document.ask = ask;

  document.addEventListener('submit', function (event) {
    var form = event.target;
    var button = event.submitter;
    var question = (button && button.dataset.confirm) || form.dataset.confirm;
    if (!question || form.dataset.sure) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(question, function () {
      form.dataset.sure = '1';
      if (form.requestSubmit) form.requestSubmit(button || undefined);
      else if (button) button.click();
      else form.submit();
      setTimeout(function () { delete form.dataset.sure; }, 0);
    });
  }, true);

  /* ---- folds, menus, selection ---- */

  on('click', '[data-toggle]', function (button, event) {
    event.preventDefault();
    var open = document.getElementById(button.dataset.toggle).classList.toggle('open');
    button.setAttribute('aria-expanded', String(open));
  });
  document.addEventListener('click', function (event) {
    each('details.menu[open]', function (menu) { if (!menu.contains(event.target)) menu.open = false; });
  });
  document.addEventListener('keydown', function (event) {
    if (event.key !== 'Escape') return;
    each('details.menu[open]', function (menu) { menu.open = false; menu.firstElementChild.focus(); });
    if (location.hash === '#nav') location.hash = '#main';
  });

  function count(form) {
    var place = form.querySelector('[data-bulk-count]');
    var boxes = document.querySelectorAll('input[type="checkbox"][name="ids"][form="' + form.id + '"]');
    var chosen = Array.prototype.filter.call(boxes, function (box) {
      var row = box.closest('tr');
      if (row) row.classList.toggle('is-selected', box.checked);
      return box.checked;
    });
    var all = form.querySelector('[data-bulk-all]');
    var many = all && all.checked ? Number(all.dataset.bulkAll) : chosen.length;
    place.dataset.none = place.dataset.none || place.textContent;
    form.classList.toggle('is-active', many > 0);
    place.textContent = many ? place.dataset.bulkCount.replace('%d', many) : place.dataset.none;
  }

  document.addEventListener('change', function (event) {
    var all = event.target.dataset.selectAll;
    if (all) each('input[name="' + all + '"]', function (box) { box.checked = event.target.checked; });
    each('form[data-bulk]', count);
  });

  /* ---- what this device keeps for visits without network looks after itself on every page ---- */

  try {
    if (localStorage.getItem('xingping-kept')) {
      words.offline.split(' ').forEach(function (address) {
        if (document.querySelector('script[src="' + address + '"]')) return;
        var script = document.createElement('script');
        script.src = address;
        script.async = false; // in this order
        document.head.appendChild(script);
      });
    }
  } catch (error) { /* a browser that keeps nothing has nothing to look after */ }

  function refresh() {
    each('.tabs [aria-current]', function (tab) { tab.parentNode.scrollLeft = tab.offsetLeft - tab.parentNode.offsetLeft - 24; });
    each('[data-toggle]', function (button) {
      var open = document.getElementById(button.dataset.toggle).classList.contains('open');
      button.setAttribute('role', 'button');
      button.setAttribute('aria-expanded', String(open));
    });
  }

  refresh();
  each('[data-focus]', function (place) { place.focus(); });
})();
