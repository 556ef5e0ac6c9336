import { $ } from './ui.js';

const names = ['draw', 'train', 'correct', 'service'];
const opened = new Map();

/** Calls something each time that a section is opened. */
export const onOpen = (name, action) => opened.set(name, action);

export function open(name, focus = false) {
  for (const other of names) {
    const tab = $(`tab-${other}`);
    tab.setAttribute('aria-selected', String(other === name));
    tab.tabIndex = other === name ? 0 : -1;
    $(`panel-${other}`).hidden = other !== name;
  }
  if (focus) {
    $(`tab-${name}`).focus();
  }
  if (location.hash !== `#${name}`) {
    history.replaceState(null, '', `#${name}`);
  }
  opened.get(name)?.();
}

export function start() {
  for (const [index, name] of names.entries()) {
    $(`tab-${name}`).addEventListener('click', () => open(name));
    $(`tab-${name}`).addEventListener('keydown', event => {
      const steps = { ArrowRight: 1, ArrowLeft: -1, Home: -index, End: names.length - 1 - index };
      if (event.key in steps) {
        event.preventDefault();
        open(names[(index + steps[event.key] + names.length) % names.length], true);
      }
    });
  }
  const name = location.hash.slice(1);
  open(names.includes(name) ? name : 'draw');
}
