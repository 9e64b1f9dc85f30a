// A filter whose choices are the address: a change sends it, and what is empty stays out of the address.

const clean = (form) => {
  const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""));
  return `${form.action}${query.size ? `?${query}` : ""}`;
};

for (const form of document.querySelectorAll("form[data-address-form]")) {
  form.addEventListener("change", (event) => {
    // What is typed finds as one types; a day is typed figure by figure.
    if (event.target.type !== "search") location.assign(clean(form));
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    location.assign(clean(form));
  });
}

// The list that is put in place as one types has its address without what is empty, too.
document.addEventListener("htmx:configRequest", (event) => {
  if (!event.target.closest("form[data-address-form]")) return;
  for (const [name, value] of Object.entries(event.detail.parameters)) {
    if (value === "") delete event.detail.parameters[name];
  }
});
