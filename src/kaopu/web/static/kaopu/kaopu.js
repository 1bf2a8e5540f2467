// 只做一件事：提交后按钮不可再按，免得连点两次。没有脚本时由幂等钥匙把关。
document.addEventListener("submit", function (event) {
  var form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent === "1") { event.preventDefault(); return; }
  form.dataset.sent = "1";
  form.querySelectorAll("button[type=submit]").forEach(function (button) {
    button.setAttribute("aria-disabled", "true");
  });
});
// 从历史记录返回的页面须能再次提交
window.addEventListener("pageshow", function () {
  document.querySelectorAll("form").forEach(function (form) {
    delete form.dataset.sent;
    form.querySelectorAll("button[aria-disabled]").forEach(function (button) {
      button.removeAttribute("aria-disabled");
    });
  });
});
// 填报的草稿存在本机：断网、关页都不丢；连同幂等钥匙一起存，重交也只报一次。
(function () {
  var PREFIX = "kaopu-draft:";
  var store;
  try { store = window.localStorage; store.getItem(PREFIX); } catch (error) { return; }
  var form = document.querySelector("form[data-draft]");
  if (!form) {
    // 到了别的页，说明上次提交已得到答复
    Object.keys(store).forEach(function (name) {
      if (name.indexOf(PREFIX) === 0 && JSON.parse(store.getItem(name)).sent) store.removeItem(name);
    });
    return;
  }
  var name = PREFIX + form.dataset.draft;
  var note = document.getElementById("draft-note");
  function say(text) { note.textContent = text; note.hidden = false; }
  function kept(field) { return field.name && field.type !== "submit" && field.type !== "file" && field.type !== "checkbox" && field.name !== "csrfmiddlewaretoken"; }
  function save(sent) {
    var values = {};
    Array.prototype.filter.call(form.elements, kept).forEach(function (field) { values[field.name] = field.value; });
    store.setItem(name, JSON.stringify({ values: values, sent: sent }));
  }
  var saved = JSON.parse(store.getItem(name) || "null");
  if (saved && !document.querySelector(".problems")) {
    Array.prototype.filter.call(form.elements, kept).forEach(function (field) {
      if (saved.values[field.name] !== undefined) field.value = saved.values[field.name];
    });
    say("已接着上次没有报出的草稿。草稿只存在这台电脑上。");
  }
  form.addEventListener("input", function () { save(false); });
  form.addEventListener("submit", function (event) {
    save(navigator.onLine);
    if (navigator.onLine) return;
    event.preventDefault();
    event.stopPropagation();
    say("网络断了，没有报出。草稿已存在这台电脑上，联网后再按“报出”，不会重报。");
  });
})();
