package dev.kimilinear.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AiServicePromptsTest {

    @Test
    void whatStandsBeforeAVariableIsConstant() {
        assertThat(AiServicePrompts.constantBeginning("a b {c} d")).isEqualTo("a b");
        assertThat(AiServicePrompts.constantBeginning("a\n  {#if x}b{/if}")).isEqualTo("a");
        assertThat(AiServicePrompts.constantBeginning("a \\{b}")).isEqualTo("a");
        assertThat(AiServicePrompts.constantBeginning("a b ")).isEqualTo("a b ");
        assertThat(AiServicePrompts.constantBeginning("{a}")).isEmpty();
    }
}
