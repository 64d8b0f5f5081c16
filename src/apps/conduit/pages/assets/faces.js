// A picture of somebody that cannot be loaded gives way to the initial that stands for those without one.

function giveWay(picture) {
  const face = document.createElement("span");
  face.className = picture.className;
  face.setAttribute("aria-hidden", "true");
  face.textContent = picture.dataset.initial;
  picture.replaceWith(face);
}

// Errors of pictures do not bubble, but pass here on their way down.
document.addEventListener(
  "error",
  ({ target }) => {
    if (target instanceof HTMLImageElement && target.matches("img.face")) giveWay(target);
  },
  true,
);

// Those that failed before this module was here.
for (const picture of document.querySelectorAll("img.face")) {
  if (picture.complete && picture.naturalWidth === 0) giveWay(picture);
}
