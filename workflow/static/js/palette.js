/* The command palette (Ctrl-K) and the list of keys (?). Without this file the search page does the same. */
(function () {
  'use strict';
  var box = document.getElementById('palette');
  var keys = document.getElementById('keys');
  if (!box || !box.showModal) return;
  var field = box.querySelector('input');
  var list = box.querySelector('[role="listbox"]');
  var told = box.querySelector('[role="status"]');
  var places = null;
  var chosen = -1;
  var turn = 0;
  var typing;

  box.hidden = keys.hidden = false;

  function get(words) {
    return fetch(box.dataset.url + '?q=' + encodeURIComponent(words), { credentials: 'same-origin' })
      .then(function (answer) { return answer.ok ? answer.json() : { found: [] }; })
      .then(function (answer) { return answer.found; })
      .catch(function () { return []; });
  }

  function options() { return list.children; }

  function choose(number) {
    var rows = options();
    if (!rows.length) { chosen = -1; field.removeAttribute('aria-activedescendant'); return; }
    chosen = (number + rows.length) % rows.length;
    Array.prototype.forEach.call(rows, function (row, place) {
      row.setAttribute('aria-selected', String(place === chosen));
    });
    field.setAttribute('aria-activedescendant', rows[chosen].id);
    rows[chosen].scrollIntoView({ block: 'nearest' });
  }

  function show(found) {
    list.textContent = '';
    found.forEach(function (entry, place) {
      var row = document.createElement('li');
      var about = document.createElement('small');
      row.id = 'palette-' + place;
      row.setAttribute('role', 'option');
      row.dataset.url = entry.url;
      row.textContent = entry.name;
      about.textContent = entry.about;
      row.appendChild(about);
      list.appendChild(row);
    });
    list.hidden = !found.length;
    field.setAttribute('aria-expanded', String(found.length > 0));
    told.textContent = found.length ? told.dataset.found.replace('%d', found.length) : told.dataset.none;
    choose(0);
  }

  function refresh() {
    var words = field.value.trim();
    var mine = ++turn;
    var near = (places || []).filter(function (entry) {
      return (entry.name + ' ' + entry.about).toLowerCase().indexOf(words.toLowerCase()) >= 0;
    });
    if (!words) { show(near); return; }
    get(words).then(function (cases) { if (mine === turn) show(near.slice(0, 6).concat(cases)); });
  }

  function go(row) { if (row) location.assign(row.dataset.url); }

  function open() {
    if (box.open) return;
    if (keys.open) keys.close();
    field.value = '';
    box.showModal();
    field.focus();
    if (places) { refresh(); return; }
    get('').then(function (found) { places = found; refresh(); });
  }

  field.addEventListener('input', function () { clearTimeout(typing); typing = setTimeout(refresh, 150); });
  field.addEventListener('keydown', function (event) {
    if (event.isComposing) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      choose(chosen + (event.key === 'ArrowDown' ? 1 : -1));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      go(options()[chosen]);
    }
  });
  list.addEventListener('click', function (event) { go(event.target.closest('[role="option"]')); });

  document.addEventListener('keydown', function (event) {
    var place = event.target;
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      open();
      return;
    }
    if (event.key !== '?' || event.ctrlKey || event.metaKey || box.open || keys.open) return;
    if (/^(INPUT|SELECT|TEXTAREA)$/.test(place.tagName)) return;
    event.preventDefault();
    keys.showModal();
  });
  document.addEventListener('click', function (event) {
    var link = event.target.closest('[data-palette]');
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) { event.preventDefault(); open(); }
    if (event.target === box || event.target === keys) event.target.close();
  });
})();
