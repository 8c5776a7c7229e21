/* Lists by keyboard: j and k go down and up, Enter opens (it is a link), x ticks, / goes to the search box. */
(function () {
  'use strict';

  function titles() {
    return Array.prototype.slice.call(document.querySelectorAll('[data-list] a.ttl'));
  }

  document.addEventListener('keydown', function (event) {
    var place = event.target;
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(place.tagName)) return;
    if (event.key === '/') {
      var box = document.querySelector('form.filters input[type="search"]');
      if (!box) return;
      event.preventDefault();
      box.focus();
      box.select();
      return;
    }
    if (document.querySelector('dialog[open]')) return;
    if (event.key === 'x') {
      var row = place.closest('tr');
      var tick = row && row.querySelector('input[name="ids"]');
      if (tick) { event.preventDefault(); tick.click(); }
      return;
    }
    if (event.key !== 'j' && event.key !== 'k') return;
    var links = titles();
    if (!links.length) return;
    var here = links.indexOf(document.activeElement);
    var next = event.key === 'j' ? here + 1 : Math.max(here, 1) - 1;
    event.preventDefault();
    links[Math.min(next, links.length - 1)].focus();
  });
})();
