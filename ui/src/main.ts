import './design/tokens.css';
import './design/base.css';
import './design/controls.css';

import { mount } from 'svelte';

import { startChanges } from './api/changes';
import { startTheme } from './design/theme.svelte';
import { startI18n } from './i18n/i18n.svelte';
import { mendSystemLanguage } from './i18n/system-language';
import { openAtStart } from './panels/welcome/start';
import App from './shell/App.svelte';
import { fetchAhead } from './shell/panels';
import { startPreferences } from './shell/preferences.svelte';
import { startRouter } from './shell/router.svelte';

mendSystemLanguage();
const { theme, language } = startPreferences();
startTheme(theme);
startRouter();
await Promise.all([startI18n(language), startChanges(), openAtStart()]);

mount(App, { target: document.getElementById('app') as HTMLElement });
// Once the first one is drawn.
setTimeout(() => void fetchAhead(), 1000);
