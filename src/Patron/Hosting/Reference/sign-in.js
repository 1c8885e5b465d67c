// Adds a form to the API reference that signs in and uses the access token for all requests. Its texts are set without HTML.
(() => {
  const add = (parent, name, properties) => parent.appendChild(Object.assign(document.createElement(name), properties));

  const start = ui => {
    const form = document.createElement('form');
    form.id = 'sign-in';
    const email = add(add(form, 'label', { textContent: 'Email or username' }), 'input', { name: 'email', autocomplete: 'username', required: true });
    const password = add(add(form, 'label', { textContent: 'Password' }), 'input', { type: 'password', autocomplete: 'current-password', required: true });
    const button = add(form, 'button', { textContent: 'Sign in' });
    const result = add(form, 'output', { textContent: 'Sign in to send requests from this page.' });
    document.body.insertBefore(form, document.body.firstChild);

    form.addEventListener('submit', async event => {
      event.preventDefault();
      button.disabled = true;
      try {
        const answer = await fetch('../api/auth/login/', {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({ email: email.value, password: password.value }),
        });
        const body = await answer.json();
        if (answer.ok) {
          ui.preauthorizeApiKey('bearer', body.access_token);
          password.value = '';
        }

        result.textContent = answer.ok ? `Signed in as ${body.email}.` : body.detail;
      } catch {
        result.textContent = "The server didn't answer. Try again.";
      } finally {
        button.disabled = false;
      }
    });
  };

  // The page sets window.ui when it has loaded.
  window.addEventListener('load', () => {
    const wait = setInterval(() => {
      if (window.ui) {
        clearInterval(wait);
        start(window.ui);
      }
    }, 20);
  });
})();
