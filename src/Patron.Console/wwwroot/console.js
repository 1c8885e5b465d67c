// Makes the console quicker; every page works without.
'use strict';

// A slash leads to the search box, unless something is typed.
addEventListener('keydown', event => {
  const typing = event.target.closest('input, textarea, select, [contenteditable]');
  const box = document.getElementById('find');
  if (event.key === '/' && box && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    box.focus();
    box.select();
  }
});

// What is under way is shown again every two seconds, until the server no longer marks it as live.
const follow = async element => {
  await new Promise(resolve => setTimeout(resolve, 2000));
  const answer = await fetch(location.href).catch(() => null);
  const page = answer?.ok && new DOMParser().parseFromString(await answer.text(), 'text/html');
  const next = page && page.getElementById(element.id);
  if (next) {
    element.replaceWith(next);
  }

  const current = document.getElementById(element.id);
  if (current?.dataset.live !== undefined) {
    follow(current);
  }
};

document.querySelectorAll('[data-live][id]').forEach(follow);

// What asks another system is loaded after the page. Without script, the link in its place leads there.
document.querySelectorAll('[data-load]').forEach(async place => {
  const answer = await fetch(place.dataset.load).catch(() => null);
  const text = answer?.ok && !answer.redirected ? await answer.text() : '';
  if (text.trim()) {
    place.replaceChildren(...new DOMParser().parseFromString(text, 'text/html').body.childNodes);
  }
});

// What is to be typed elsewhere can be copied; without script it's selected by hand.
document.querySelectorAll('[data-copy]').forEach(button => {
  if (!navigator.clipboard) {
    return;
  }
  button.hidden = false;
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).value);
    button.textContent = button.dataset.copied;
  });
});

// Shows customers and terms under the search box while somebody types. Without script, Enter leads to the list.
const finder = form => {
  const box = form.querySelector('#find');
  const list = document.createElement('div');
  Object.assign(list, { id: 'found', className: 'found', hidden: true });
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', form.dataset.results);
  form.append(list);
  const roles = { role: 'combobox', 'aria-autocomplete': 'list', 'aria-expanded': 'false', 'aria-controls': list.id };
  Object.entries(roles).forEach(([name, value]) => box.setAttribute(name, value));

  let waiting;
  let asked = 0;
  const options = () => [...list.querySelectorAll('a[role=option]')];
  const mark = active => {
    options().forEach(option => option.setAttribute('aria-selected', option === active));
    active?.scrollIntoView({ block: 'nearest' });
    active ? box.setAttribute('aria-activedescendant', active.id) : box.removeAttribute('aria-activedescendant');
  };
  const close = () => {
    clearTimeout(waiting);
    asked++;
    list.hidden = true;
    box.setAttribute('aria-expanded', 'false');
    mark(null);
  };
  const ask = async () => {
    const mine = ++asked;
    const query = new URLSearchParams({ q: box.value, caret: box.selectionStart });
    const answer = await fetch(`${form.dataset.find}?${query}`).catch(() => null);
    const text = answer?.ok && !answer.redirected ? await answer.text() : '';
    if (mine !== asked) {
      return;
    }
    list.replaceChildren(...new DOMParser().parseFromString(text, 'text/html').body.childNodes);
    options().forEach((option, place) => { option.id = `found-${place}`; });
    list.hidden = !text.trim();
    box.setAttribute('aria-expanded', String(!list.hidden));
    mark(null);
  };
  const choose = option => {
    if (option.dataset.text === undefined) {
      location.assign(option.href);
      return;
    }
    box.value = option.dataset.text;
    box.setSelectionRange(option.dataset.caret, option.dataset.caret);
    ask();
  };

  box.addEventListener('input', () => {
    clearTimeout(waiting);
    if (box.value.trim().length < 2) {
      close();
    } else {
      waiting = setTimeout(ask, 150);
    }
  });
  box.addEventListener('keydown', event => {
    const all = list.hidden ? [] : options();
    const place = all.findIndex(option => option.getAttribute('aria-selected') === 'true');
    if (event.key === 'Escape' && !list.hidden) {
      event.preventDefault();
      close();
    } else if (event.key === 'Enter' && place >= 0) {
      event.preventDefault();
      choose(all[place]);
    } else if (['ArrowDown', 'ArrowUp'].includes(event.key) && all.length) {
      event.preventDefault();
      const next = place + (event.key === 'ArrowDown' ? 1 : -1);
      mark(all[place < 0 && next < 0 ? all.length - 1 : (next + all.length) % all.length]);
    }
  });
  box.addEventListener('blur', close);
  list.addEventListener('mousedown', event => event.preventDefault()); // The box keeps the focus.
  list.addEventListener('click', event => {
    const option = event.target.closest('[data-text]');
    if (option) {
      event.preventDefault();
      choose(option);
    }
  });
};

document.querySelectorAll('form[data-find]').forEach(finder);

// Says how many rows are ticked, and ticks all rows of the page.
const ticks = form => {
  const boxes = [...form.querySelectorAll('input[name=ids]')];
  const button = form.querySelector('button[data-many]');
  const every = document.createElement('input');
  every.type = 'checkbox';
  every.setAttribute('aria-label', form.dataset.ticks);
  form.querySelector('th.tick')?.replaceChildren(every);
  const say = () => {
    const number = boxes.filter(box => box.checked).length;
    const { none, one, many } = button.dataset;
    button.textContent = number === 0 ? none : number === 1 ? one : many.replace('{0}', number);
    button.disabled = number === 0;
    every.checked = number === boxes.length;
    every.indeterminate = number > 0 && number < boxes.length;
  };
  every.addEventListener('change', () => {
    boxes.forEach(box => { box.checked = every.checked; });
    say();
  });
  form.addEventListener('change', say);
  addEventListener('pageshow', say);
  say();
};

document.querySelectorAll('form[data-ticks]').forEach(ticks);

// Whoever types a value of a job means to set it.
document.addEventListener('input', event => {
  const box = event.target.type === 'checkbox' ? null : event.target.closest('.setting')?.querySelector('[type=checkbox]');
  if (box) {
    box.checked = true;
  }
});
