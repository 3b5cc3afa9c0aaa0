package dev.kimilinear.sample;

import java.net.URI;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * A page of Quarkus' Dev UI in a browser. Its components have shadow trees: a selector is looked for in each of them, and
 * cannot reach from one into another. What is not shown is not found.
 */
final class DevUiPage {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String FUNCTIONS = """
            window.devUi = {
                /** All elements that match, in the order of the document. */
                all(root, selector) {
                    return [...root.querySelectorAll('*')].filter(element => element.checkVisibility()).flatMap(element => [
                        ...(element.matches(selector) ? [element] : []),
                        ...(element.shadowRoot ? devUi.all(element.shadowRoot, selector) : [])]);
                },
                /** The text of a node, with that of its shadow tree and with single blanks. */
                text(node) {
                    if (node.nodeType === Node.TEXT_NODE) {
                        return node.data.replace(/\\s+/g, ' ').trim();
                    }
                    if (node.nodeType === Node.ELEMENT_NODE && (node.tagName === 'STYLE' || !node.checkVisibility())) {
                        return '';
                    }
                    return [...(node.shadowRoot ? [node.shadowRoot] : []), ...node.childNodes].map(devUi.text)
                        .filter(text => text !== '').join(' ');
                },
                /** All elements in a component that match. */
                findAll(component, selector) {
                    return devUi.all(document, component)
                        .flatMap(root => root.shadowRoot ? devUi.all(root.shadowRoot, selector) : []);
                },
                /** The last element in a component that matches and has a text in it. */
                find(component, selector, text) {
                    return devUi.findAll(component, selector).findLast(element => devUi.text(element).includes(text));
                },
            };
            // The Dev UI's own notes lie over the pages, such as that it cannot reach the registry of extensions.
            document.addEventListener('DOMContentLoaded', () => {
                const style = document.createElement('style');
                style.textContent = 'vaadin-notification-container { display: none !important; }';
                document.head.append(style);
            });
            """;

    private final Browser browser;
    private final URI devUi;
    private String component;

    /** @param devUi the address of the Dev UI, with a slash at its end */
    DevUiPage(Browser browser, URI devUi) throws Exception {
        this.browser = browser;
        this.devUi = devUi;
        browser.define(FUNCTIONS);
    }

    /**
     * Opens a page.
     *
     * @param component the name of the element that is the page, in which everything is looked for from now on
     */
    void open(String path, String component) throws Exception {
        this.component = component;
        browser.open(devUi.resolve(path));
        browser.await("devUi.all(document, '" + component + "').length === 1");
    }

    /** Waits for an element with a text in it. */
    void await(String selector, String text) throws Exception {
        browser.await(find(selector, text));
    }

    /** Waits until something is true of an element, which the JavaScript expression calls {@code it}. */
    void awaitThat(String selector, String condition) throws Exception {
        browser.await("(it => it && (" + condition + "))(" + find(selector, "") + ")");
    }

    /** The text of the last element that matches. */
    String text(String selector) throws Exception {
        return of(selector, "devUi.text(it)").asText();
    }

    /** The value of a JavaScript expression about the last element that matches, which it calls {@code it}. */
    JsonNode of(String selector, String expression) throws Exception {
        await(selector, "");
        return browser.eval("(it => " + expression + ")(" + find(selector, "") + ")");
    }

    int count(String selector) throws Exception {
        return browser.eval("devUi.findAll(" + quoted(component) + ", " + quoted(selector) + ").length").asInt();
    }

    void click(String selector, String text) throws Exception {
        await(selector, text);
        browser.clickOn(find(selector, text));
    }

    void press(String button) throws Exception {
        click("vaadin-button:not([disabled])", button);
    }

    void pointAt(String selector, String text) throws Exception {
        await(selector, text);
        browser.pointAt(find(selector, text));
    }

    /** Types into a field in place of what is there. */
    void fill(String field, String text) throws Exception {
        of(field, "it.focus()");
        of(field + " > :is(input, textarea)", "it.select()");
        browser.type(text);
    }

    /** Chooses an item of a select. */
    void choose(String select, String item) throws Exception {
        click(select, "");
        click("vaadin-select-item", item);
    }

    private String find(String selector, String text) throws JsonProcessingException {
        return "devUi.find(" + quoted(component) + ", " + quoted(selector) + ", " + quoted(text) + ")";
    }

    private static String quoted(String text) throws JsonProcessingException {
        return JSON.writeValueAsString(text);
    }
}
