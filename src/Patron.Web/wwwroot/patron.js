// Makes the pages nicer; every one of them works without.
'use strict';

const words = document.body.dataset;

// A form with passwords is sent from the page, so that a refusal empties none of them: the server never sends one back.
const send = async (form, submitter) => {
  const body = new URLSearchParams(new FormData(form, submitter));
  const answer = await fetch(form.action, { method: 'POST', body, headers: { 'X-Form-Script': 'yes' } }).catch(() => null);
  const page = answer?.headers.get('Location');
  if (answer?.status === 204 && page) {
    location.assign(page);
  } else if (answer?.status === 422 && page) {
    const shown = new DOMParser().parseFromString(await (await fetch(page)).text(), 'text/html');
    const refused = shown.getElementById(form.id);
    if (refused) {
      showAgain(form, refused);
      document.title = shown.title;
    } else {
      location.assign(page);
    }
  } else {
    form.submit(); // The browser shows what went wrong.
  }
};

const showAgain = (form, refused) => {
  for (const typed of form.querySelectorAll('.password input, input[autocomplete="one-time-code"]')) {
    const input = refused.elements[typed.name];
    if (!input.ariaInvalid) {
      input.value = typed.value;
    }
  }
  refused.querySelectorAll('.note').forEach(note => note.remove());
  form.replaceWith(refused);
  enhance(refused.parentElement);
  refused.querySelector('[data-focus]')?.focus();
};

// One click sends a form once.
const sendOnce = form => form.addEventListener('submit', event => {
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = 'yes';
  setTimeout(() => form.querySelectorAll('button').forEach(button => { button.disabled = true; }));
  if (form.querySelector('.password') && !event.submitter?.hasAttribute('formaction')) {
    event.preventDefault();
    send(form, event.submitter);
  }
});

// A password can be looked at.
const reveal = input => {
  const button = document.createElement('button');
  const said = document.createElement('span');
  const label = document.querySelector(`label[for="${input.id}"]`).textContent.trim();
  button.type = 'button';
  button.className = 'second';
  said.className = 'skip';
  said.setAttribute('aria-live', 'polite');
  const show = shown => {
    input.type = shown ? 'text' : 'password';
    button.textContent = shown ? words.hide : words.show;
    button.setAttribute('aria-label', `${button.textContent}: ${label}`);
  };
  button.addEventListener('click', () => {
    show(input.type === 'password');
    said.textContent = input.type === 'text' ? words.shows : words.hides;
    input.focus();
  });
  input.form.addEventListener('submit', () => show(false));
  show(false);
  input.after(button);
  button.after(said);
};

// How strong a new password is, as the server measures it: the rules are there only.
const rate = input => {
  const line = document.createElement('p');
  const meter = document.createElement('meter');
  const text = document.createElement('span');
  line.className = 'strength';
  line.hidden = true;
  text.setAttribute('aria-live', 'polite');
  meter.setAttribute('aria-hidden', 'true');
  Object.assign(meter, { min: 0, max: 4, low: 2, high: 3, optimum: 4 });
  line.append(meter, text);
  input.parentElement.after(line);

  let waiting;
  let asked = 0;
  const measure = async () => {
    const mine = ++asked;
    const body = new URLSearchParams(new FormData(input.form));
    const answer = await fetch(input.dataset.strength, { method: 'POST', body, headers: { Accept: 'application/json' } }).catch(() => null);
    if (mine !== asked) {
      return;
    }
    line.hidden = !answer?.ok;
    if (answer?.ok) {
      const { score, words: said } = await answer.json();
      meter.value = score;
      text.textContent = said;
    }
  };
  input.addEventListener('input', () => {
    clearTimeout(waiting);
    if (input.value) {
      waiting = setTimeout(measure, 250);
    } else {
      asked++;
      line.hidden = true;
    }
  });
  input.form.addEventListener('submit', () => clearTimeout(waiting)); // The page that follows has another form token.
};

// A code is pasted as it comes, with blanks and all.
const digitsOnly = input => input.addEventListener('input', () => {
  const digits = input.value.replace(/\D/g, '');
  if (digits !== input.value) {
    input.value = digits;
  }
});

// Times in the reader's own zone.
const toLocal = time => {
  time.textContent = new Intl.DateTimeFormat(document.documentElement.lang === 'en' ? 'en-GB' : document.documentElement.lang, { dateStyle: 'long', timeStyle: 'short' })
    .format(new Date(time.dateTime));
};

// Each element once: a form that is shown again is new, its page is not.
const enhance = root => {
  for (const [selector, make] of [
    ['form[data-once]', sendOnce], ['input[data-reveal]', reveal], ['input[data-strength]', rate],
    ['input[autocomplete="one-time-code"]', digitsOnly], ['time[data-local]', toLocal],
  ]) {
    for (const element of root.querySelectorAll(`${selector}:not([data-made~="${make.name}"])`)) {
      element.dataset.made = `${element.dataset.made ?? ''} ${make.name}`;
      make(element);
    }
  }
};

enhance(document);

// What is wrong is read and seen first.
document.querySelector('[data-focus]')?.focus();

// Back in history a form is shown as it was, and may be sent again.
addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('form[data-sent]')) {
    delete form.dataset.sent;
    form.querySelectorAll('button').forEach(button => { button.disabled = false; });
  }
});
