/* A job's page looks after itself every two seconds; without this file a link does. */
(function () {
  'use strict';
  function again() {
    var place = document.querySelector('[data-poll]');
    if (!place) return;
    fetch(location.href, { credentials: 'same-origin' })
      .then(function (answer) { if (!answer.ok) throw new Error(); return answer.text(); })
      .then(function (text) {
        var page = new DOMParser().parseFromString(text, 'text/html');
        var fresh = page.getElementById(place.id);
        var symbols = page.getElementById('icons');
        if (!fresh) { location.reload(); return; }
        if (symbols) document.getElementById('icons').insertAdjacentHTML('beforeend', symbols.innerHTML);
        place.replaceWith(fresh);
        setTimeout(again, 2000);
      })
      .catch(function () { setTimeout(again, 8000); });
  }
  setTimeout(again, 1000);
})();
