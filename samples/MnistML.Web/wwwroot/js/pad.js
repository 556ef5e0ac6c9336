import { $, create, decode } from './ui.js';

const side = 280;
const step = 7;
const canvas = $('pad');
const context = canvas.getContext('2d', { willReadFrequently: true });
let strokes = [];
let undone = null;
let picture = null;
let current = null;
let keyboard = null;
let changed = () => {};

/** Draws everything again: the picture, if one was opened, and the strokes on it. */
function redraw() {
  context.fillStyle = '#fff';
  context.fillRect(0, 0, side, side);
  if (picture) {
    const scale = Math.min(side / picture.width, side / picture.height);
    const [width, height] = [picture.width * scale, picture.height * scale];
    context.drawImage(picture, (side - width) / 2, (side - height) / 2, width, height);
  }
  strokes.forEach(drawStroke);
}

function drawStroke(stroke) {
  context.strokeStyle = context.fillStyle = '#000';
  context.lineCap = context.lineJoin = 'round';
  const points = stroke.points;
  for (let i = 0; i < points.length; i++) {
    const from = points[Math.max(i - 1, 0)];
    context.lineWidth = stroke.width * points[i].pressure;
    context.beginPath();
    context.moveTo(from.x, from.y);
    context.lineTo(points[i].x, points[i].y);
    context.stroke();
  }
}

function pointOf(event) {
  const box = canvas.getBoundingClientRect();
  return {
    x: (event.clientX - box.left) * side / box.width,
    y: (event.clientY - box.top) * side / box.height,
    // A mouse has no pressure; a pen's changes the width by half.
    pressure: event.pointerType === 'pen' && event.pressure > 0 ? 0.5 + event.pressure : 1,
  };
}

function begin(point) {
  if (picture) {
    clear();
  }
  undone = null;
  current = { width: Number($('pen').value), points: [point] };
  strokes.push(current);
  redraw();
}

function extend(points) {
  current.points.push(...points);
  redraw();
}

function end() {
  current = null;
  changed(performance.now());
}

export function undo() {
  if (undone && strokes.length === 0) {
    strokes = undone; // what was cleared comes back
    undone = null;
  } else {
    strokes.pop();
  }
  picture = null;
  redraw();
  changed(performance.now());
}

export function clear() {
  undone = strokes.length > 0 ? strokes : undone;
  strokes = [];
  picture = null;
  redraw();
  changed(performance.now());
}

/** Shows an opened picture on the pad. */
export async function show(blob) {
  strokes = [];
  undone = null;
  picture = null;
  try {
    picture = await createImageBitmap(blob);
  } catch {
    // The service says what is wrong with it.
  }
  redraw();
}

export const isEmpty = () => strokes.length === 0 && !picture;

/** The drawing as a PNG. Not by toBlob, which waits until the browser has nothing else to do, up to a second. */
export const toPng = () => new Blob([decode(canvas.toDataURL('image/png').split(',')[1])], { type: 'image/png' });

/** Frames around digits, in pixels of a picture that is shown in the middle of the pad. */
export function showBoxes(digits, width, height, chosen) {
  const scale = Math.min(1 / width, 1 / height);
  $('boxes').replaceChildren(...digits.map((digit, index) => {
    const box = create('span', { className: index === chosen ? 'chosen' : '' });
    box.style.left = `${100 * ((digit.left - width / 2) * scale + 0.5)}%`;
    box.style.top = `${100 * ((digit.top - height / 2) * scale + 0.5)}%`;
    box.style.width = `${100 * digit.width * scale}%`;
    box.style.height = `${100 * digit.height * scale}%`;
    return box;
  }));
}

function pressKey(event) {
  const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  if (event.key in moves) {
    event.preventDefault();
    keyboard ??= { x: side / 2, y: side / 2, pressure: 1 };
    const [x, y] = moves[event.key];
    const clamp = value => Math.min(Math.max(value, 0), side);
    keyboard = { x: clamp(keyboard.x + step * x), y: clamp(keyboard.y + step * y), pressure: 1 };
    if (current) {
      extend([keyboard]);
    }
    showCursor();
  } else if (event.key === ' ') {
    event.preventDefault();
    keyboard ??= { x: side / 2, y: side / 2, pressure: 1 };
    if (current) {
      end();
    } else {
      begin(keyboard);
    }
    showCursor();
  } else if (event.key === 'Delete') {
    clear();
  } else if (event.key === 'z' && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    undo();
  }
}

function showCursor() {
  const cursor = $('boxes').querySelector('.cursor') ?? $('boxes').appendChild(create('span', { className: 'cursor' }));
  cursor.classList.toggle('down', current !== null);
  cursor.style.left = `calc(${100 * keyboard.x / side}% - 6px)`;
  cursor.style.top = `calc(${100 * keyboard.y / side}% - 6px)`;
}

/** @param {(at: number) => void} onChange is called after each stroke, with the time of its end. */
export function start(onChange) {
  changed = onChange;
  redraw();
  canvas.addEventListener('pointerdown', event => {
    if (event.button === 0 && !current) {
      canvas.setPointerCapture(event.pointerId);
      begin(pointOf(event));
      current.pointer = event.pointerId;
    }
  });
  canvas.addEventListener('pointermove', event => {
    if (current && current.pointer === event.pointerId) {
      const events = event.getCoalescedEvents?.() ?? [];
      extend((events.length > 0 ? events : [event]).map(pointOf));
    }
  });
  for (const name of ['pointerup', 'pointercancel']) {
    canvas.addEventListener(name, event => {
      if (current && current.pointer === event.pointerId) {
        end();
      }
    });
  }
  canvas.addEventListener('keydown', pressKey);
  canvas.addEventListener('blur', () => {
    if (current && current.pointer === undefined) {
      end();
    }
    $('boxes').querySelector('.cursor')?.remove();
  });
  $('undo').addEventListener('click', undo);
  $('clear').addEventListener('click', clear);
}
