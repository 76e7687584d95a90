// Returns what is wrong with the page for people: contrast, size, labels, headings.
const problems = [];

function channels(color) {
    const [red, green, blue, alpha = 1] = color.match(/[\d.]+/g).map(Number);
    return { rgb: [red, green, blue], alpha };
}

function over(front, back) {
    const { rgb, alpha } = channels(front);
    return rgb.map((channel, index) => alpha * channel + (1 - alpha) * back[index]);
}

// The colour behind an element: the backgrounds of its ancestors, from the root inwards.
function ground(element) {
    const behind = element.parentElement ? ground(element.parentElement) : [255, 255, 255];
    return over(getComputedStyle(element).backgroundColor, behind);
}

// WCAG 2.2, "relative luminance".
function luminance(rgb) {
    const [red, green, blue] = rgb.map((channel) => {
        const part = channel / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

// WCAG 2.2, "contrast ratio".
function contrast(one, other) {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
}

function check(what, color, back, least) {
    const ratio = contrast(over(color, back), back);
    if (!(ratio >= least)) {
        problems.push(`contrast ${ratio.toFixed(2)} of ${what}`);
    }
    return ratio;
}

const ratios = [];
const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (texts.nextNode()) {
    const text = texts.currentNode.data.trim();
    const element = texts.currentNode.parentElement;
    if (text && !element.closest("datalist")) {
        ratios.push(check(`"${text}"`, getComputedStyle(element).color, ground(element), 4.5));
    }
}
for (const input of document.querySelectorAll("input:not([type=checkbox])")) {
    const style = getComputedStyle(input);
    const back = ground(input);
    ratios.push(check(`the text in ${input.name}`, style.color, back, 4.5));
    const placeholder = getComputedStyle(input, "::placeholder");
    ratios.push(check(`the example in ${input.name}`, placeholder.color, back, 4.5));
    // WCAG 2.2, "Non-text Contrast".
    check(`the border of ${input.name}`, style.borderTopColor, ground(input.parentElement), 3);
}

const width = document.documentElement.clientWidth;
if (document.documentElement.scrollWidth > width) {
    problems.push(`${document.documentElement.scrollWidth} pixels in a width of ${width}`);
}
for (const element of document.body.querySelectorAll("*")) {
    const { left, right, width: own } = element.getBoundingClientRect();
    if (own > 0 && (left < 0 || right > width + 0.5)) {
        problems.push(`<${element.localName}> from ${left} to ${right} in a width of ${width}`);
    }
    if (element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).overflowX === "auto") {
        problems.push(`<${element.localName}> scrolls by itself`);
    }
}

for (const field of document.querySelectorAll("input, button")) {
    const names = field.localName === "button" ? [field] : [...field.labels];
    if (!names.some((name) => name.innerText.trim())) {
        problems.push(`${field.name || field.localName} has no label`);
    }
    // WCAG 2.2, "Target Size (Minimum)"; the label of a checkbox counts.
    const target = field.type === "checkbox" ? names[0] : field;
    const { width: wide, height: high } = target.getBoundingClientRect();
    if (wide < 24 || high < 24) {
        problems.push(`${field.name || field.localName} is only ${wide} x ${high} pixels`);
    }
}

const levels = [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].map((it) => +it.localName[1]);
if (levels[0] !== 1 || levels.filter((level) => level === 1).length !== 1) {
    problems.push(`the first heading of ${levels} is not the only one of level 1`);
}
for (const [index, level] of levels.entries()) {
    if (level > (levels[index - 1] ?? 0) + 1) {
        problems.push(`the headings ${levels} leave out a level`);
    }
}

const monospace = [...document.querySelectorAll("pre, code")];
if (!monospace.every((it) => getComputedStyle(it).fontFamily.includes("monospace"))) {
    problems.push("code is not in monospace");
}
for (const [what, found] of [
    ["a language", document.documentElement.lang],
    ["a title", document.title],
    ["a main part", document.querySelector("main")],
]) {
    if (!found) {
        problems.push(`the page lacks ${what}`);
    }
}
return { problems, texts: ratios.length, lowest: Math.min(...ratios) };
