package dev.kimilinear.engine;

import static com.tngtech.archunit.core.domain.JavaModifier.SYNCHRONIZED;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.instruction.MonitorInstruction;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.properties.HasName;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.Location;

import dev.kimilinear.engine.host.PageLoader;
import dev.kimilinear.engine.kernel.WorkerPool;
import dev.kimilinear.engine.model.Attention;
import dev.kimilinear.engine.model.FeedForward;

/** The engine's house rules: who may see whom, and what no code here does. */
class ArchitectureTest {

    private static final String ROOT = "dev.kimilinear.engine";

    /** Packages of the engine that each package may see besides itself; "" is the composition root. */
    private static final Map<String, Set<String>> MAY_SEE = Map.ofEntries(
            Map.entry("api", Set.of()),
            Map.entry("gguf", Set.of("api")),
            Map.entry("host", Set.of()),
            Map.entry("supply", Set.of("api")),
            Map.entry("kernel.quant", Set.of("api", "gguf")),
            Map.entry("kernel.panel", Set.of("api", "gguf", "kernel.quant")),
            Map.entry("kernel", Set.of("api", "gguf", "kernel.quant", "kernel.panel")),
            Map.entry("kernel.scalar", Set.of("api", "gguf", "kernel", "kernel.quant", "kernel.panel")),
            // What has no vector form is inherited from the scalar twin.
            Map.entry("kernel.vector",
                    Set.of("api", "gguf", "kernel", "kernel.quant", "kernel.panel", "kernel.scalar")),
            Map.entry("model", Set.of("api", "gguf", "kernel", "kernel.quant", "kernel.panel")),
            Map.entry("tokenizer", Set.of("api", "gguf")),
            Map.entry("grammar", Set.of("api", "tokenizer")),
            Map.entry("chat", Set.of("api", "gguf", "tokenizer", "grammar", "sampling")),
            Map.entry("sampling", Set.of("api")),
            Map.entry("serving.snapshot", Set.of("api", "model")),
            Map.entry("serving",
                    Set.of("api", "model", "sampling", "grammar", "chat", "tokenizer", "serving.snapshot")),
            Map.entry("",
                    Set.of("api", "gguf", "host", "kernel", "kernel.quant", "kernel.panel", "kernel.scalar", "kernel.vector",
                            "model",
                            "tokenizer", "grammar", "chat", "sampling", "serving", "serving.snapshot")));

    private static Path classFiles;
    private static JavaClasses engine;

    @BeforeAll
    static void importClasses() throws URISyntaxException {
        classFiles = Path.of(KernelSelector.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        engine = new ClassFileImporter().importLocations(Set.of(Location.of(classFiles)));
    }

    /** ArchUnit skips class files that are too new for it, and rules about no classes hold. */
    @Test
    void everyClassFileIsRead() throws IOException {
        List<String> expected = new ArrayList<>();
        try (Stream<Path> files = Files.walk(classFiles)) {
            files.map(file -> classFiles.relativize(file).toString()).filter(name -> name.endsWith(".class"))
                    .filter(name -> !name.endsWith("-info.class"))
                    .forEach(name -> expected
                            .add(name.substring(0, name.length() - 6).replace(File.separatorChar, '.')));
        }

        assertThat(expected).hasSizeGreaterThan(100).allSatisfy(name -> assertThat(engine.contain(name)).as(name).isTrue());
    }

    @Test
    void packagesSeeOnlyWhatTheyMay() {
        Set<String> violations = new TreeSet<>();
        for (JavaClass from : engine) {
            Set<String> allowed = MAY_SEE.get(packageOf(from));
            assertThat(allowed).as("A line in this test for the package of " + from.getName()).isNotNull();
            for (Dependency dependency : from.getDirectDependenciesFromSelf()) {
                JavaClass to = dependency.getTargetClass().getBaseComponentType();
                if (to.getPackageName().startsWith(ROOT) && !packageOf(to).equals(packageOf(from))
                        && !allowed.contains(packageOf(to))) {
                    violations.add(dependency.getDescription());
                }
            }
        }

        assertThat(violations).isEmpty();
    }

    /** Packages are numbered so that each sees lower numbers only; an entry in the table that closes a cycle fails here. */
    @Test
    void theTableItselfHasNoCycle() {
        Set<String> ordered = new TreeSet<>();
        while (ordered.size() < MAY_SEE.size()) {
            int before = ordered.size();
            MAY_SEE.forEach((name, sees) -> {
                if (ordered.containsAll(sees)) {
                    ordered.add(name);
                }
            });
            assertThat(ordered.size()).as("packages without a cycle: " + ordered).isGreaterThan(before);
        }
    }

    @Test
    void packagesFormNoCycle() {
        slices().matching(ROOT + ".(**)").should().beFreeOfCycles().check(engine);
    }

    @Test
    void onlyTheKernelSelectorSeesAKernelSet() {
        noClasses().that().doNotHaveFullyQualifiedName(ROOT + ".KernelSelector").and()
                .resideOutsideOfPackages(ROOT + ".kernel.scalar", ROOT + ".kernel.vector").should().dependOnClassesThat()
                .resideInAnyPackage(ROOT + ".kernel.scalar", ROOT + ".kernel.vector").check(engine);
    }

    @Test
    void onlyTheVectorKernelsUseTheVectorApi() {
        noClasses().that().resideOutsideOfPackage(ROOT + ".kernel.vector").should().dependOnClassesThat()
                .resideInAPackage("jdk.incubator..").check(engine);
        assertThat(engine.get(ROOT + ".kernel.vector.VectorKernels").getPackage().getClassDependenciesFromThisPackage())
                .as("the rule would notice").anyMatch(d -> d.getTargetClass().getPackageName().startsWith("jdk.incubator"));
    }

    @Test
    void theEngineKnowsNoFramework() {
        noClasses().should().dependOnClassesThat()
                .resideInAnyPackage("io.quarkus..", "io.quarkiverse..", "io.smallrye..", "dev.langchain4j..", "jakarta..")
                .check(engine);
    }

    /** A layer that remembers something between steps could serve one sequence only. */
    @Test
    void layersHaveNoMutableField() {
        DescribedPredicate<JavaClass> layer = JavaClass.Predicates.implement(Attention.class)
                .or(JavaClass.Predicates.implement(FeedForward.class));

        fields().that().areDeclaredInClassesThat(layer).should().beFinal().check(engine);
    }

    @Test
    void nothingStaticIsMutable() {
        fields().that().areStatic().should().beFinal().check(engine);
    }

    @Test
    void threadsAndLocksAreInServingAndSupplyAndThreeClassesOnly() throws IOException {
        DescribedPredicate<JavaClass> mayWait = JavaClass.Predicates
                .resideInAnyPackage(ROOT + ".serving..", ROOT + ".supply")
                .or(JavaClass.Predicates.belongToAnyOf(WorkerPool.class, PageLoader.class, SharedEngines.class));
        DescribedPredicate<JavaClass> concurrency = JavaClass.Predicates.resideInAPackage("java.util.concurrent..")
                .and(DescribedPredicate.not(JavaClass.Predicates.equivalentTo(CancellationException.class)))
                .or(JavaClass.Predicates.assignableTo(Thread.class));

        // Gives the thread another context class loader, for a library that looks at it.
        DescribedPredicate<JavaClass> mayNot = DescribedPredicate
                .not(mayWait.or(HasName.Predicates.name(ROOT + ".chat.JinjaTemplate")));

        noClasses().that(mayNot).should().dependOnClassesThat(concurrency).check(engine);
        noMethods().that().areDeclaredInClassesThat(DescribedPredicate.not(mayWait)).should().haveModifier(SYNCHRONIZED)
                .check(engine);
        assertThat(classesWithSynchronizedBlocks()).filteredOn(name -> !mayWait.test(engine.get(name))).isEmpty();
    }

    @Test
    void kernelsAndTheModelUseNoStreams() {
        noClasses().that().resideInAnyPackage(ROOT + ".kernel..", ROOT + ".model..").should().dependOnClassesThat()
                .resideInAPackage("java.util.stream..").check(engine);
    }

    @Test
    void nothingIsPrintedAndNoSystemPropertyIsSet() {
        noClasses().should().accessField(System.class, "out").orShould().accessField(System.class, "err").orShould()
                .callMethod(System.class, "setProperty", String.class, String.class).orShould()
                .callMethod(Throwable.class, "printStackTrace").check(engine);
    }

    @Test
    void memoryIsReachedThroughItsPublicApiOnly() {
        noClasses().should().dependOnClassesThat().resideInAnyPackage("sun..", "jdk.internal..").check(engine);
    }

    @Test
    void everyPackageSaysWhatItIs() {
        Path sources = Path.of("src/main/java");
        for (String name : MAY_SEE.keySet()) {
            Path folder = sources.resolve((name.isEmpty() ? ROOT : ROOT + "." + name).replace('.', '/'));
            assertThat(folder.resolve("package-info.java")).content().contains("/**");
        }
    }

    @Test
    void exceptionsOfCallersAreAllOfTheApi() {
        classes().that().areAssignableTo(Throwable.class).and().arePublic().should().resideInAPackage(ROOT + ".api")
                .check(engine);
    }

    private static String packageOf(JavaClass type) {
        return type.getPackageName().equals(ROOT) ? "" : type.getPackageName().substring(ROOT.length() + 1);
    }

    /** ArchUnit sees synchronized methods but not synchronized blocks. */
    private static List<String> classesWithSynchronizedBlocks() throws IOException {
        List<String> names = new ArrayList<>();
        try (Stream<Path> files = Files.walk(classFiles)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
                ClassModel model = ClassFile.of().parse(file);
                if (model.methods().stream().flatMap(method -> method.code().stream())
                        .anyMatch(code -> code.elementStream().anyMatch(MonitorInstruction.class::isInstance))) {
                    names.add(model.thisClass().asInternalName().replace('/', '.'));
                }
            }
        }
        return names;
    }
}
