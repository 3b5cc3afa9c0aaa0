package dev.kimilinear.engine.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JinjaTemplateTest {

    private static final char GUARD = '\uFDD0';

    private static final Map<String, Object> VARIABLES = Map.of(
            "messages", List.of(Map.of("role", "system", "content", "S"), Map.of("role", "user", "content", "hi")),
            "t", true, "s", "abc", "l", List.of(1, 2, 3), "e", "");

    @TestFactory
    Stream<DynamicTest> everyTemplateRendersAsInPython() {
        return StreamSupport.stream(Recordings.entries("/chat/jinja2.json").spliterator(), false)
                .map(entry -> DynamicTest.dynamicTest(entry.get("template").asText(),
                        () -> assertThat(new JinjaTemplate(entry.get("template").asText()).render(variables(), GUARD))
                                .isEqualTo(entry.get("expected").asText())));
    }

    /** As in dev mode and in tests of Quarkus, on a thread that belongs to nobody's application. */
    @Test
    void aThreadWhoseClassLoaderHasAnotherJinjavaCanRender() throws Exception {
        List<URL> classPath = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            classPath.add(Path.of(entry).toUri().toURL());
        }
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (URLClassLoader other = new URLClassLoader(classPath.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            thread.setContextClassLoader(other);
            String text = "{% for m in messages %}{{ m.role | upper }} {{ m['content'] }}{% endfor %}{{ s is defined }}";
            assertThat(render(text, VARIABLES)).isEqualTo("SYSTEM SUSER hitrue");
            assertThat(thread.getContextClassLoader()).isSameAs(other);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** In the order of a Python dictionary, which {@link Map#of} does not keep. */
    private static Map<String, Object> variables() {
        Map<String, Object> variables = new HashMap<>(VARIABLES);
        variables.put("messages", List.of(message("system", "S"), message("user", "hi")));
        return variables;
    }

    private static Map<String, Object> message(String role, String content) {
        Map<String, Object> message = new LinkedHashMap<>();
        message.put("role", role);
        message.put("content", content);
        return message;
    }

    @ParameterizedTest
    @ValueSource(strings = { "{{ 7*7 }}", "{% raw %}", "{# #}", "{% endraw %}{{ s }}", "}} %} #} {{ {% {#", "{{ '{{' }}" })
    void aValueThatLooksLikeTemplateCodeIsNotRun(String text) {
        Map<String, Object> variables = Map.of("text", text, "map", Map.of("text", text));

        assertThat(render("<{{ text }}>", variables)).isEqualTo("<" + text + ">");
        assertThat(render("{% macro m(c) %}{{ c }}{% endmacro %}<{{ m(map.text) }}>", variables)).isEqualTo("<" + text + ">");
        assertThat(render("{% set x = text ~ '!' %}<{{ x }}>", variables)).isEqualTo("<" + text + "!>");
        assertThat(render("{% set x %}{{ text }}{% endset %}<{{ x }}>", variables)).isEqualTo("<" + text + ">");
        assertThat(render("{{ map|tojson }}", variables)).isEqualTo(PythonJson.DEFAULT.write(Map.of("text", text)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
            {{ messages[:1+1] }}                                  ~ line 1: Error parsing
            a{% if t %}b                                          ~ line 1: Syntax error
            {{ s                                                  ~ line 1: this tag is not closed
            {{ s|no_such_filter }}                                ~ the filter "no_such_filter" is not supported
            {% if s is no_such_test %}{% endif %}                 ~ the test "no_such_test" is not supported
            {{ no_such_function() }}                              ~ line 1: Could not resolve function
            {% for i in l if i > 1 %}{{ i }}{% endfor %}          ~ line 1: "for .. if" is not supported
            {% for i in e %}{% if t %}{% else %}{% endif %}{% else %}none{% endfor %} ~ line 1: "for .. else" is not supported
            {% no_such_tag %}                                     ~ line 1: Syntax error
            {{ ''.getClass() }}                                   ~ Cannot find method 'getClass'
            {% include 'META-INF/MANIFEST.MF' %}                  ~ a chat template cannot load
            {{ l|tojson(no_such=1) }}                             ~ tojson has no argument no_such
            {{ l|tojson(separators=(',', ':', '')) }}             ~ tojson needs two separators
            """)
    void whatJinjavaDoesNotRenderIsAnErrorAndNeverLeftOut(String template, String message) {
        assertThatThrownBy(() -> render(template, VARIABLES)).isInstanceOf(JinjaException.class)
                .hasMessageContaining(message);
    }

    @Test
    void anErrorNamesItsLineInTheFile() {
        String template = "{% if t %}\n{% endif %}\n  {% set a = 1 -%}\n\n{{ messages[:1+1] }}";

        assertThatThrownBy(() -> render(template, VARIABLES)).hasMessageStartingWith("line 5: ");
    }

    @Test
    void anUnknownFilterInABranchThatIsNotTakenDoesNoHarm() {
        assertThat(render("{% if e %}{{ s|no_such_filter }}{% endif %}{{ s }}", VARIABLES)).isEqualTo("abc");
    }

    @Test
    void anInlineConditionInBracketsIsNoConditionOfTheLoop() {
        assertThat(render("{% for i in (l if t else []) %}{{ i }}{% endfor %}{{ 'a if b' }}", VARIABLES))
                .isEqualTo("123a if b");
    }

    @Test
    void whatTheTemplateRaisesComesOutAsItsOwn() {
        assertThatThrownBy(() -> render("{% if t %}{{ raise_exception('Roles must ' ~ 'alternate') }}{% endif %}", VARIABLES))
                .isInstanceOfSatisfying(JinjaException.class, e -> assertThat(e.isRaisedByTemplate()).isTrue())
                .hasMessage("Roles must alternate");
    }

    @ParameterizedTest
    @ValueSource(strings = { "{% if t %}", "{% for i in l %}", "{% macro m() %}", "{{ ((", "{% set a = [{" })
    void aTemplateNestedWithoutEndIsRefusedBeforeJinjavaSeesIt(String opening) {
        assertThatThrownBy(() -> render(opening.repeat(20_000), VARIABLES)).isInstanceOf(JinjaException.class)
                .hasMessage("line 1: nested more than 100 deep");
    }

    @ParameterizedTest
    @ValueSource(strings = { "{", "{{", "{%", "{#", "{{}}", "{%%}", "{##}", "{{-}}", "{%-%}", "{#-#}", "{%+", "{% raw",
            "{% raw %}",
            "{% raw %}endraw", "{{ '", "{% endraw %}", "{% endif %}{% endfor %}{% else %}", "{% for %}{% endfor %}" })
    void aFragmentOfATemplateGivesTextOrAnErrorOfItsOwn(String fragment) {
        String text;
        try {
            text = render(fragment, VARIABLES);
        } catch (JinjaException e) {
            text = e.getMessage();
        }
        assertThat(text).isNotNull();
    }

    @Test
    void aRangeCoversMoreThanAThousandMessages() {
        String expected = IntStream.range(0, 1500).mapToObj(i -> i + ",").collect(Collectors.joining());

        assertThat(render("{% for i in range(1500) %}{{ i }},{% endfor %}", VARIABLES)).isEqualTo(expected);
    }

    @Test
    void asciiJsonKeepsTheGuard() {
        assertThat(render("{{ x|tojson(ensure_ascii=true) }}", Map.of("x", "é" + GUARD + "\uFDD1")))
                .isEqualTo("\"\\u00e9" + GUARD + "\\ufdd1\"");
    }

    private static String render(String template, Map<String, Object> variables) {
        return new JinjaTemplate(template).render(variables, GUARD);
    }
}
