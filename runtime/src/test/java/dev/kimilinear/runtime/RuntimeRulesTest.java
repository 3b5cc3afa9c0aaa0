package dev.kimilinear.runtime;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import java.io.PrintStream;

import org.junit.jupiter.api.Test;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

class RuntimeRulesTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("/engine/"))
            .importPackages("dev.kimilinear");

    @Test
    void theChatPackageDoesNotKnowQuarkus() {
        noClasses().that().resideInAPackage("dev.kimilinear.runtime.chat..")
                .should().dependOnClassesThat()
                .resideInAnyPackage("io.quarkus..", "io.quarkiverse..", "io.vertx..", "io.smallrye..",
                        "jakarta..")
                .check(CLASSES);
    }

    @Test
    void modelsDoNotKnowConfigurationOrTheGlue() {
        noClasses().that().resideInAnyPackage("dev.kimilinear", "dev.kimilinear.runtime.chat..")
                .should().dependOnClassesThat()
                .resideInAnyPackage("dev.kimilinear.runtime.internal..", "dev.kimilinear.runtime.config..")
                .check(CLASSES);
    }

    @Test
    void nothingSeesTheInsideOfTheEngine() {
        noClasses().that().resideInAPackage("dev.kimilinear..").and().resideOutsideOfPackage("dev.kimilinear.engine..")
                .should().dependOnClassesThat().resideInAnyPackage("dev.kimilinear.engine.gguf..",
                        "dev.kimilinear.engine.kernel..", "dev.kimilinear.engine.model..", "dev.kimilinear.engine.tokenizer..",
                        "dev.kimilinear.engine.chat..", "dev.kimilinear.engine.sampling..", "dev.kimilinear.engine.serving..")
                .check(CLASSES);
    }

    @Test
    void nothingStartsAThreadOrPrints() {
        noClasses().that().resideInAPackage("dev.kimilinear..").and().resideOutsideOfPackages("dev.kimilinear.engine..",
                "dev.kimilinear.runtime.internal..")
                .should().callMethod(Thread.class, "start")
                .orShould().callMethod(Thread.class, "startVirtualThread", Runnable.class)
                .orShould().dependOnClassesThat().haveFullyQualifiedName("java.util.concurrent.Executors")
                .orShould().dependOnClassesThat().areAssignableTo(PrintStream.class)
                .check(CLASSES);
    }
}
