/* Live pings: the server says that something changed, never what. The page offers to reload and moves nothing. */
(function () {
  'use strict';
  var path = document.body.dataset.live;
  var badge = document.querySelector('[data-live-badge]');
  if (!path || !badge || !window.WebSocket) return;
  var since = document.body.dataset.since || '';
  var pause = 1000;
  var gone = false;
  var socket;

  function open() {
    var url = location.origin.replace(/^http/, 'ws') + path;
    if (since) url += (path.indexOf('?') < 0 ? '?' : '&') + 'since=' + encodeURIComponent(since);
    socket = new WebSocket(url);
    socket.onopen = function () { pause = 1000; document.documentElement.dataset.live = 'on'; };
    socket.onmessage = function (message) {
      var ping;
      try { ping = JSON.parse(message.data); } catch (error) { return; }
      if (ping.seq !== undefined) since = String(ping.seq);
      if (ping.type === 'hello') return;
      badge.href = location.href;
      badge.hidden = false;
      document.dispatchEvent(new CustomEvent('live', { detail: ping }));
    };
    socket.onclose = function () {
      document.documentElement.dataset.live = 'off';
      if (gone) return;
      setTimeout(open, pause * (0.5 + Math.random()));
      pause = Math.min(pause * 2, 60000);
    };
  }

  badge.addEventListener('click', function (event) { event.preventDefault(); location.reload(); });
  addEventListener('pagehide', function () { gone = true; if (socket) socket.close(); });
  addEventListener('pageshow', function (event) { if (event.persisted) { gone = false; open(); } });
  open();
})();
