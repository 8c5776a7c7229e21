/* Common sentences for a remark: shown under the text that is being written, put at its end by a click. Without this script one types. */
(function () {
  var bar = document.querySelector('[data-phrases]');
  if (!bar) return;
  var place = null;

  function show(text) {
    if (place === text) return;
    place = text;
    text.insertAdjacentElement('afterend', bar);
    bar.hidden = false;
  }

  document.addEventListener('focusin', function (event) {
    if (event.target.matches('textarea[name^="remark-"]')) show(event.target);
  });
  bar.addEventListener('click', function (event) {
    var button = event.target.closest('button');
    if (!button || !place) return;
    place.value += (place.value && !/\n$/.test(place.value) ? '\n' : '') + button.textContent.trim();
    place.dispatchEvent(new Event('input', { bubbles: true }));
    place.focus();
  });
})();
