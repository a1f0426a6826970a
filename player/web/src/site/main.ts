/** Starts the site: words first, then the page, then who is signed in. */
import '../design/fonts.css';
import '../design/tokens.css';
import '../design/base.css';
import '../design/controls.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { router } from './router.svelte';
import { session } from './session.svelte';
import { firstLanguage, words } from './words.svelte';

const target = document.getElementById('app');
if (target !== null) {
  await words.speak(firstLanguage());
  router.start();
  void session.load();
  mount(App, { target });
}
