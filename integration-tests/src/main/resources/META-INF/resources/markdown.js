// A little Markdown: paragraphs, fenced code, inline code, bold. Only DOM nodes are made and text goes in as text, so
// whatever a model or a user writes, it cannot become markup. An unfinished fence or mark, as a stream has it, is shown
// as far as it goes.

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const INLINE = /`([^`\n]+)`|\*\*([^*\n](?:[^\n]*?[^*\n])?)\*\*/g;

/** The nodes that show `text`. */
export function markdown(text) {
  const nodes = [];
  let paragraph = [];
  let code = null;
  let fence = "";
  const endParagraph = () => {
    if (paragraph.length > 0) {
      nodes.push(element("p", ...inline(paragraph.join("\n"))));
      paragraph = [];
    }
  };
  for (const line of text.split("\n")) {
    const mark = FENCE.exec(line)?.[1];
    if (code !== null) {
      if (mark?.startsWith(fence) && line.trim() === mark) {
        nodes.push(codeBlock(code));
        code = null;
      } else {
        code.push(line);
      }
    } else if (mark) {
      endParagraph();
      code = [];
      fence = mark;
    } else if (line.trim() === "") {
      endParagraph();
    } else {
      paragraph.push(line);
    }
  }
  endParagraph();
  if (code !== null) {
    nodes.push(codeBlock(code));
  }
  return nodes;
}

function codeBlock(lines) {
  return element("pre", element("code", lines.join("\n")));
}

function inline(text) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    nodes.push(text.slice(from, match.index));
    nodes.push(match[1] !== undefined ? element("code", match[1]) : element("strong", match[2]));
    from = match.index + match[0].length;
  }
  nodes.push(text.slice(from));
  return nodes;
}

function element(name, ...children) {
  const node = document.createElement(name);
  node.append(...children);
  return node;
}
