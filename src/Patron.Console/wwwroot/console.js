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
