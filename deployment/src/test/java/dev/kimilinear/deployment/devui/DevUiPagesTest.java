package dev.kimilinear.deployment.devui;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;

import dev.kimilinear.runtime.devui.PlaygroundParameters;
import io.quarkus.devui.spi.page.CardPageBuildItem;
import io.quarkus.devui.spi.page.Page;
import io.quarkus.devui.spi.page.PageBuilder;

/** The files of the pages, without a browser. */
class DevUiPagesTest {

    private static final CardPageBuildItem CARD = new KimiLinearDevUiProcessor().card();

    private static final Pattern OWN_IMPORT = Pattern.compile("from '\\./([^']+)'|import '\\./([^']+)'");

    private static String resource(String name) throws IOException {
        try (InputStream file = DevUiPagesTest.class.getResourceAsStream("/dev-ui/" + name)) {
            assertThat(file).as(name).isNotNull();
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** The scripts of the pages, and what these import of ours. */
    private static Set<String> scripts() throws IOException {
        Set<String> scripts = new LinkedHashSet<>();
        for (PageBuilder<?> page : CARD.getPages().toArray(PageBuilder[]::new)) {
            add(page.build().getComponentLink(), scripts);
        }
        return scripts;
    }

    private static void add(String script, Set<String> scripts) throws IOException {
        if (scripts.add(script)) {
            List<MatchResult> imports = OWN_IMPORT.matcher(resource(script)).results().toList();
            for (MatchResult match : imports) {
                add(match.group(1) == null ? match.group(2) : match.group(1), scripts);
            }
        }
    }

    @Test
    void eachPageDefinesItsElement() throws IOException {
        for (PageBuilder<?> builder : CARD.getPages().toArray(PageBuilder[]::new)) {
            Page page = builder.build();
            assertThat(resource(page.getComponentLink()))
                    .contains("customElements.define('" + page.getComponentName() + "', ");
        }
        assertThat(CARD.getPages()).hasSize(4);
    }

    @Test
    void theCardHasALogoForEachTheme() throws IOException {
        assertThat(resource(CARD.getDarkLogo())).startsWith("<svg");
        assertThat(resource(CARD.getLightLogo())).startsWith("<svg").isNotEqualTo(resource(CARD.getDarkLogo()));
    }

    @Test
    void pagesLoadNothingFromElsewhereAndMakeNoMarkupOfData() throws IOException {
        assertThat(scripts()).hasSizeGreaterThan(4).allSatisfy(script -> assertThat(resource(script))
                .doesNotContain("http:", "https:", "innerHTML", "insertAdjacentHTML", "unsafeHTML", "unsafeSVG", "eval("));
    }

    @Test
    void everyParameterHasAField() throws IOException {
        List<String> fields = Pattern.compile("\\{ name: '(\\w+)', kind: ").matcher(resource("kimi-linear-parameters.js"))
                .results().map(match -> match.group(1)).toList();
        assertThat(fields).containsExactlyInAnyOrderElementsOf(
                Arrays.stream(PlaygroundParameters.class.getRecordComponents()).map(RecordComponent::getName).toList());
    }
}
