export const $ = id => document.getElementById(id);

/** Creates an element with properties and children; text is always text, never HTML. */
export function create(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in element) {
      element[name] = value;
    } else {
      element.setAttribute(name, value);
    }
  }
  element.append(...children.filter(child => child !== null && child !== undefined));
  return element;
}

export const percent = (share, digits = 1) => (share === null || share === undefined ? '–' : `${(100 * share).toFixed(digits)} %`);
export const number = (value, digits = 3) => (value === null || value === undefined ? '–' : value.toFixed(digits));
export const whole = value => Math.round(value).toLocaleString('en');

export function duration(seconds) {
  if (seconds === null || seconds === undefined) {
    return '–';
  }
  return seconds < 90 ? `${seconds.toFixed(seconds < 10 ? 1 : 0)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** The bytes of base 64. */
export const decode = text => Uint8Array.from(atob(text), character => character.charCodeAt(0));

/** Shows 28 × 28 bytes, white ink on black. */
export function drawPixels(canvas, bytes) {
  const context = canvas.getContext('2d');
  const image = context.createImageData(28, 28);
  for (let i = 0; i < bytes.length; i++) {
    image.data.set([bytes[i], bytes[i], bytes[i], 255], 4 * i);
  }
  context.putImageData(image, 0, 0);
}

export function pixelCanvas(base64, label) {
  const canvas = create('canvas', { width: 28, height: 28, role: 'img', ariaLabel: label });
  drawPixels(canvas, decode(base64));
  return canvas;
}

let errorTimer = 0;

/** Shows what went wrong, for as long as it takes to read it. */
export function showError(error) {
  if (error?.name === 'AbortError') {
    return;
  }
  $('error').textContent = error?.message ?? String(error);
  $('error').hidden = false;
  clearTimeout(errorTimer);
  errorTimer = setTimeout(() => { $('error').hidden = true; }, 12000);
}

export function clearError() {
  $('error').hidden = true;
}

/** Runs what a button does, shows its error, and lets it not be pressed twice meanwhile. */
export async function act(button, work) {
  button.disabled = true;
  try {
    clearError();
    await work();
  } catch (error) {
    showError(error);
  } finally {
    button.disabled = false;
  }
}

export const cssColor = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
