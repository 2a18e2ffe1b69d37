/* Says on paper where and when it was printed: once at the end of the text, and at the foot of each sheet where the browser
   can. Loads nothing, sends nothing, and a page without it prints all the same. */

(function () {
  "use strict";

  function two(number) {
    return String(number).padStart(2, "0");
  }

  function moment(now) {
    var off = -now.getTimezoneOffset();
    var zone = (off < 0 ? "-" : "+") + two(Math.floor(Math.abs(off) / 60)) + ":" + two(Math.abs(off) % 60);
    var day = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join("-");
    return day + " " + two(now.getHours()) + ":" + two(now.getMinutes()) + " " + zone;
  }

  /* Quoted for CSS so that no character can end the string or the style. */
  function quoted(text) {
    return '"' + text.replace(/[^A-Za-z0-9]/gu, function (sign) {
      return "\\" + sign.codePointAt(0).toString(16) + " ";
    }) + '"';
  }

  function printed() {
    var note = document.querySelector(".docctl-printed");
    if (!note) {
      return;
    }
    var address = window.location.href.split(/[?#]/)[0];
    var line = address + " · " + note.getAttribute("data-when") + " " + moment(new Date());
    note.querySelector("[data-docctl-printed]").textContent = line;
    var style = document.getElementById("docctl-printed") || document.createElement("style");
    style.id = "docctl-printed";
    style.media = "print";
    style.textContent = "@page{@bottom-left{content:" +
      quoted("打印件为非受控文件 / Uncontrolled when printed") + ' "\\A " ' + quoted(line) + "}}";
    document.head.appendChild(style);
  }

  window.addEventListener("beforeprint", printed);
})();
