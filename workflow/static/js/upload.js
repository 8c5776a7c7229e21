/* data-upload: files go out with a bar, can be stopped, and go on where they stopped; without this file a plain post does.
   data-upload="each" sends one file a request, so that what arrived is kept; otherwise the form goes out as a whole. */
(function () {
  'use strict';
  if (document.uploads) return; // a page may hold two such forms
  document.uploads = true;

  function filled(text, values) {
    return text.replace(/\{(\w+)\}/g, function (_all, name) { return values[name]; });
  }

  function Upload(form, button) {
    this.form = form;
    this.box = form.querySelector('[data-uploading]');
    this.words = this.box.dataset;
    this.bar = this.box.querySelector('progress');
    this.stop = this.box.querySelector('[data-stop]');
    this.again = this.box.querySelector('[data-again]');
    this.each = form.dataset.upload === 'each';
    this.fields = Array.prototype.slice.call(form.querySelectorAll('input[type="file"]'));
    this.body = new FormData(form);
    if (button && button.name) this.body.append(button.name, button.value);
    this.queue = [];
    this.fields.forEach(function (field) {
      Array.prototype.forEach.call(field.files, function (file) { this.queue.push({ name: field.name, file: file }); }, this);
    }, this);
    this.total = this.queue.reduce(function (sum, one) { return sum + one.file.size; }, 0);
    this.count = this.queue.length;
    this.sent = 0;
    this.kept = 0;
    this.refused = [];
    this.stop.onclick = this.halt.bind(this);
    this.again.onclick = this.next.bind(this);
    if (this.each) this.fields.forEach(function (field) { this.body.delete(field.name); }, this);
  }

  Upload.prototype.say = function (text) { this.box.querySelector('[data-tell]').textContent = text; };

  Upload.prototype.lock = function (busy) {
    Array.prototype.forEach.call(this.form.querySelectorAll('button[name], button:not([type="button"])'), function (one) { one.disabled = busy; });
    this.stop.hidden = !busy;
    this.again.hidden = busy;
    if (busy) this.form.dataset.dirty = '1';
  };

  Upload.prototype.show = function (loaded) {
    this.bar.max = this.total || 1;
    this.bar.value = Math.min(this.sent + loaded, this.bar.max);
    this.box.querySelector('[data-share]').textContent = Math.floor(this.bar.value / this.bar.max * 100) + '%';
  };

  Upload.prototype.next = function () {
    var one = this.each ? this.queue[0] : null;
    if (this.each && !one) { this.finish(); return; }
    var body = this.body, token = /(?:^|; )csrftoken=(\w+)/.exec(document.cookie);
    if (token) body.set('csrfmiddlewaretoken', token[1]); // signing in again in another tab has changed it
    if (one) {
      body = new FormData();
      this.body.forEach(function (value, name) { body.append(name, value); });
      body.append('autosave', '1');
      body.append(one.name, one.file);
    }
    this.box.hidden = false;
    this.lock(true);
    this.show(0);
    this.say(one ? filled(this.words.textDoing, { n: this.count - this.queue.length + 1, count: this.count, name: one.file.name }) : this.words.textWhole);
    var request = this.request = new XMLHttpRequest();
    request.open('POST', this.form.getAttribute('action') || location.href);
    request.setRequestHeader('X-Upload', '1');
    request.upload.onprogress = function (event) { this.show(Math.min(event.loaded, one ? one.file.size : this.total)); }.bind(this);
    request.upload.onload = function () { if (!one) this.say(this.words.textChecking); }.bind(this);
    request.onload = this.answered.bind(this, one, request);
    request.onerror = this.broken.bind(this, this.words.textBroken);
    request.onabort = this.broken.bind(this, this.words.textStopped);
    request.send(body);
  };

  Upload.prototype.halt = function () { this.request.abort(); };

  Upload.prototype.broken = function (text) {
    this.lock(false);
    this.say(filled(text, { kept: this.kept, left: this.each ? this.queue.length : this.count }));
    this.again.focus();
  };

  Upload.prototype.answered = function (one, request) {
    var page = /html/.test(request.getResponseHeader('Content-Type') || '') ?
      new DOMParser().parseFromString(request.responseText, 'text/html') : null;
    if (request.status === 204) {
      if (!one) { this.leave(request.getResponseHeader('X-Location')); return; }
      this.kept += 1;
    } else if (request.status === 422 && one) {
      this.refused.push(request.responseText);
    } else if (request.status === 422 && page) {
      this.replace(page);
      return;
    } else {
      var reason = page && page.querySelector('.notice > div, main p:not(.error-code)');
      this.broken(request.status < 400 ? this.words.textAway : reason ? reason.textContent.trim() : this.words.textBroken);
      return;
    }
    this.sent += one.file.size;
    this.queue.shift();
    this.next();
  };

  /* the whole form was taken: on to where the plain post would have led */
  Upload.prototype.leave = function (url) {
    delete this.form.dataset.dirty;
    var goal = new URL(url, location.href);
    if (goal.pathname + goal.search === location.pathname + location.search) { location.hash = goal.hash; location.reload(); }
    else location.assign(goal.href);
  };

  /* the page with its errors; the chosen files are put back into their fields */
  Upload.prototype.replace = function (page) {
    var fresh = page.getElementById('main');
    var symbols = page.getElementById('icons');
    if (!fresh) { this.broken(this.words.textBroken); return; }
    if (symbols) document.getElementById('icons').insertAdjacentHTML('beforeend', symbols.innerHTML);
    document.getElementById('main').replaceWith(fresh);
    document.title = page.title;
    this.fields.forEach(function (field) {
      var heir = field.id && document.getElementById(field.id);
      if (heir) heir.files = field.files;
    });
    var summary = fresh.querySelector('[data-focus]');
    if (summary) summary.focus();
  };

  /* every file was answered for: the list is fetched anew, what was refused stays readable */
  Upload.prototype.finish = function () {
    var upload = this, part = this.form.dataset.part;
    var text = filled(this.refused.length ? this.words.textSome : this.words.textDone, { kept: this.kept, refused: this.refused.length });
    delete this.form.dataset.dirty;
    this.lock(false);
    this.again.hidden = true;
    this.fields.forEach(function (field) { field.value = ''; });
    fetch(location.href, { credentials: 'same-origin' }).then(function (answer) { return answer.text(); }).then(function (page) {
      page = new DOMParser().parseFromString(page, 'text/html');
      var fresh = page.querySelector(part), symbols = page.getElementById('icons');
      if (symbols) document.getElementById('icons').insertAdjacentHTML('beforeend', symbols.innerHTML);
      document.querySelector(part).replaceWith(fresh);
      upload.box = fresh.querySelector('[data-uploading]');
    }).catch(function () { /* the list is as old as before; what was said stays true */ }).then(function () {
      var box = upload.box;
      box.hidden = false;
      box.querySelector('.meter').hidden = true;
      Array.prototype.forEach.call(box.querySelectorAll('button'), function (one) { one.hidden = true; });
      upload.refused.forEach(function (sentence) {
        var line = document.createElement('li');
        line.textContent = sentence;
        box.querySelector('ul').appendChild(line);
      });
      upload.say(text);
      box.tabIndex = -1;
      box.focus();
    });
  };

  document.addEventListener('submit', function (event) {
    var form = event.target;
    if (event.defaultPrevented || form.dataset.upload === undefined || !window.FormData || !FormData.prototype.delete) return;
    var upload = new Upload(form, event.submitter || form.querySelector('button[name]'));
    if (!upload.count) return;
    event.preventDefault();
    upload.next();
  });
})();
