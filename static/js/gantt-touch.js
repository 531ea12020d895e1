// A finger scrolls until it has rested on something: then that is in its hand, and the page stays where it is.

const REST = 380; // milliseconds; phones open a menu of their own after 500
const SLIP = 10; // pixels that a resting finger may tremble

let resting = null;

export const byFinger = ({ pointerType }) => pointerType === 'touch' || pointerType === 'pen';

export function leave() {
  clearTimeout(resting?.timer);
  resting = null;
}

// Calls `pickUp` once the finger of this press has rested.
export function rest(event, pickUp) {
  leave();
  const { target, pointerId, clientX, clientY } = event;
  const timer = setTimeout(() => {
    resting = null;
    if (!pickUp(event)) return;
    target.addEventListener('touchmove', hold, { passive: false }); // what is drawn anew takes its target out of the page
    navigator.vibrate?.(10);
  }, REST);
  resting = { pointerId, x: clientX, y: clientY, timer };
}

// A finger that goes on scrolls.
export function slip({ pointerId, clientX, clientY }) {
  if (resting?.pointerId === pointerId && Math.hypot(clientX - resting.x, clientY - resting.y) > SLIP) leave();
}

const hold = (event) => event.cancelable && event.preventDefault();

// While something is in hand the page neither scrolls nor opens its menu.
export function begin(place, inHand) {
  place.addEventListener('touchmove', (event) => inHand() && hold(event), { passive: false });
  place.addEventListener('contextmenu', (event) => (inHand() || (resting && byFinger(event))) && event.preventDefault());
}
