package dev.kimilinear.engine.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;

import org.junit.jupiter.api.Test;

class GbnfTest {

    @Test
    void aLiteralFitsItself() {
        assertFits("root ::= \"yes\"", "yes");
        assertFitsNot("root ::= \"yes\"", "", "ye", "yess", "Yes");
        assertFits("root ::= \"a\\\"\\\\\\n\\t\\x41\\u00e9\\U0001F600\"", "a\"\\\n\tAé😀");
    }

    @Test
    void aClassFitsOneOfItsCharacters() {
        String grammar = "root ::= [a-cx\\-é-ü😀\\]]";
        assertFits(grammar, "a", "b", "c", "x", "-", "é", "ê", "ü", "😀", "]");
        assertFitsNot(grammar, "d", "ý", "\uD83D\uDE01", "", "ab");
        assertFits("root ::= [^a-z\\n]", "A", "é", "日", "😀", "\u0000");
        assertFitsNot("root ::= [^a-z\\n]", "m", "\n");
        assertFits("root ::= [a-]", "a", "-");
        assertFits("root ::= .", "\n", "é", "😀");
    }

    @Test
    void partsFollowOneAnotherAndAlternativesExcludeOneAnother() {
        String grammar = "root ::= \"a\" (\"b\" | \"c\" \"d\" |) \"e\"";
        assertFits(grammar, "abe", "acde", "ae");
        assertFitsNot(grammar, "abcde", "ace", "be");
    }

    @Test
    void partsRepeat() {
        assertFits("root ::= \"a\"* \"b\"+ \"c\"?", "b", "aab", "bbc", "abbbbc");
        assertFitsNot("root ::= \"a\"* \"b\"+ \"c\"?", "", "a", "bcc");
        assertFits("root ::= \"ab\"{2,3}", "abab", "ababab");
        assertFitsNot("root ::= \"ab\"{2,3}", "ab", "abababab", "ababa");
        assertFits("root ::= [0-9]{3}", "123");
        assertFitsNot("root ::= [0-9]{3}", "12", "1234");
        assertFits("root ::= \"a\"{2,}", "aa", "aaaaaaaa");
        assertFitsNot("root ::= \"a\"{2,}", "a");
        assertFits("root ::= \"a\"{,2}", "", "a", "aa");
        assertFitsNot("root ::= \"a\"{,2}", "aaa");
        assertFits("root ::= (\"a\"?)* \"b\"", "b", "aaab");
    }

    @Test
    void rulesCallOneAnotherAndThemselves() {
        String grammar = """
                # a list in brackets, of words and lists
                root  ::= list
                list  ::= "[" (item ("," item)*)? "]"   # nothing, or items
                item  ::= list |
                          word
                word  ::= [a-z]+
                """;
        assertFits(grammar, "[]", "[a]", "[a,[b,[]],cc]");
        assertFitsNot(grammar, "[", "[a,]", "a", "[[]");
    }

    @Test
    void bracketsHoldRulesTogetherOverLines() {
        assertFits("root ::= (\n  \"a\" |\n\n  \"b\"\n) \"c\"\n\n\n", "ac", "bc");
        assertFits("root ::= \"a\"\r\n", "a");
    }

    @Test
    void theOrderOfRulesDoesNotMatter() {
        assertFits("x ::= \"1\"\nroot ::= y x\ny ::= \"0\"", "01");
    }

    @Test
    void aMistakeIsNamedWithItsPlace() {
        assertRefused("root := \"a\"", "line 1, column 6", "expected \"::=\"");
        assertRefused("root ::= \"a\"\nx ::= \"b", "line 2, column 9", "literal has no end");
        assertRefused("root ::= [a", "class has no end");
        assertRefused("root ::= (\"a\"", "expected ')'");
        assertRefused("root ::= \"a\")", "found ')'");
        assertRefused("root ::= \"\\q\"", "unknown escape \"\\q\"");
        assertRefused("root ::= \"\\u00\"", "expected 4 hexadecimal digits");
        assertRefused("root ::= \"\\U00110000\"", "there is no character 00110000");
        assertRefused("root ::= \"\\ud800\"", "half a surrogate pair");
        assertRefused("root ::= [z-a]", "runs backwards");
        assertRefused("root ::= \"a\"{3,2}", "at least 3 and at most 2");
        assertRefused("root ::= \"a\"{}", "number of repetitions");
        assertRefused("root ::= \"a\"{2", "expected '}'");
        assertRefused("root ::= \"a\"{99999999999}", "may come 2147483647 times");
        assertRefused("root ::= \"a\"\nroot ::= \"b\"", "defined twice");
        assertRefused("answer ::= \"a\"", "no rule \"root\"");
        assertRefused("", "no rule \"root\"");
        assertRefused("root ::= answer", "Rule \"answer\" is used in \"root\" and defined nowhere");
        assertRefused("root ::= <think>", "tokens by name or number are not supported");
        assertRefused("root ::= $", "found '$'");
    }

    @Test
    void aRuleThatBeginsWithItselfIsRefused() {
        for (String grammar : List.of("root ::= root \"a\" | \"b\"", "root ::= x \"a\" | \"c\"\nx ::= root \"b\" | \"d\"",
                "root ::= empty root \"a\" | \"b\"\nempty ::= \"x\"?", "root ::= (root \"a\")* \"b\"")) {
            assertRefused(grammar, "begins with itself");
        }
    }

    @Test
    void aGrammarWithoutAnyTextIsRefused() {
        assertRefused("root ::= \"a\" root", "No text fits rule \"root\"");
        assertRefused("root ::= \"a\" x\nx ::= \"b\" y\ny ::= \"c\" x", "No text fits rule \"root\"");
        assertRefused("root ::= []", "No text fits rule \"root\"");
    }

    /** Entering such an alternative would be a way that no text leads out of. */
    @Test
    void anAlternativeThatNeverEndsIsNoWay() {
        Grammar grammar = Gbnf.parse("root ::= \"a\" x | \"b\"\nx ::= \"c\" x");

        assertThat(Texts.begins(grammar, "a")).isFalse();
        assertThat(Texts.fits(grammar, "b")).isTrue();
    }

    private static void assertFits(String grammar, String... texts) {
        for (String text : texts) {
            assertThat(Texts.fits(Gbnf.parse(grammar), text)).as("%s fits %s", text, grammar).isTrue();
        }
    }

    private static void assertFitsNot(String grammar, String... texts) {
        for (String text : texts) {
            assertThat(Texts.fits(Gbnf.parse(grammar), text)).as("%s fits %s", text, grammar).isFalse();
        }
    }

    private static void assertRefused(String grammar, String... parts) {
        assertThatThrownBy(() -> Gbnf.parse(grammar)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(parts);
    }
}
