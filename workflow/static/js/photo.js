/* data-photo: a phone's pictures go out at most 2048 px long; without this file they go out as they are. */
(function () {
  'use strict';
  if (document.smaller) return; // a page may hold two such fields

  function smaller(file) {
    if (file.size < 1500000 || !/^image\//.test(file.type)) return Promise.resolve(file);
    var url = URL.createObjectURL(file);
    return new Promise(function (yes, no) {
      var picture = new Image(); // an element turns the picture as the camera was held; a bitmap does not everywhere
      picture.onload = function () { yes(picture); };
      picture.onerror = no;
      picture.src = url;
    }).then(function (picture) {
      var scale = Math.min(1, 2048 / Math.max(picture.naturalWidth, picture.naturalHeight));
      var canvas = document.createElement('canvas'), pen = canvas.getContext('2d');
      canvas.width = Math.round(picture.naturalWidth * scale);
      canvas.height = Math.round(picture.naturalHeight * scale);
      pen.fillStyle = '#fff';
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
      return new Promise(function (yes) { canvas.toBlob(yes, 'image/jpeg', 0.85); });
    }).then(function (blob) {
      if (!blob || blob.size >= file.size) return file;
      return new File([blob], file.name.replace(/\.\w+$/, '') + '.jpg', { type: 'image/jpeg' });
    }).catch(function () { return file; /* the original goes out as it is */ }).then(function (small) {
      URL.revokeObjectURL(url);
      return small;
    });
  }
  document.smaller = smaller;

  document.addEventListener('change', function (event) {
    var field = event.target;
    if (!field.matches('input[type="file"][data-photo]') || !window.DataTransfer) return;
    var chosen = field.files;
    Promise.all(Array.prototype.map.call(chosen, smaller)).then(function (files) {
      if (field.files !== chosen) return; // others were chosen meanwhile
      var list = new DataTransfer();
      files.forEach(function (file) { list.items.add(file); });
      field.files = list.files;
    });
  });
})();
