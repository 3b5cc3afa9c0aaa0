package dev.kimilinear.engine.chat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.interpret.Context;
import com.hubspot.jinjava.interpret.InterpretException;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.interpret.RenderResult;
import com.hubspot.jinjava.interpret.TemplateError;
import com.hubspot.jinjava.lib.exptest.ExpTest;
import com.hubspot.jinjava.lib.filter.AdvancedFilter;
import com.hubspot.jinjava.lib.fn.ELFunctionDefinition;
import com.hubspot.jinjava.loader.ResourceNotFoundException;

/**
 * A model file's template, run by Jinjava as Hugging Face runs it with Python's Jinja2: blocks trimmed, {@code tojson} as
 * {@code json.dumps}, {@code raise_exception}. Thread-safe.
 *
 * <p>
 * Trap: by default Jinjava runs what it has rendered as a template again, so that {@code {{ 7*7 }}} in a user's message
 * becomes 49; nested interpretation is off here.
 */
final class JinjaTemplate {

    /** Loops over the messages of long conversations; Jinjava's own limit for {@code range} is 1,000. */
    private static final int RANGE_LIMIT = 1 << 20;

    private static final JinjavaConfig CONFIG = JinjavaConfig.newBuilder()
            .withNestedInterpretationEnabled(false)
            .withTrimBlocks(false)
            .withLstripBlocks(false)
            .withRangeLimit(RANGE_LIMIT)
            .withLegacyOverrides(LegacyOverrides.newBuilder()
                    .withUseNaturalOperatorPrecedence(true)
                    .withParseWhitespaceControlStrictly(true)
                    .withUseTrimmingForNotesAndExpressions(true)
                    .withEvaluateMapKeys(true)
                    .withKeepNullableLoopValues(true)
                    .build())
            .build();

    /** The name under which filters find the guard; not one that a template could write. */
    private static final String GUARD = "guard of texts";

    private static final Pattern FILTER = Pattern.compile("\\|\\s*(\\w+)");
    private static final Pattern TEST = Pattern.compile("\\bis\\s+(?:not\\s+)?(\\w+)");

    private final Jinjava jinjava = withItsClassLoader(() -> new Jinjava(CONFIG));
    private final String source;

    /** Jinjava finds its own classes by the class loader of the thread, which may be one that has others of these names. */
    private static <T> T withItsClassLoader(Supplier<T> work) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(Jinjava.class.getClassLoader());
        try {
            return work.get();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** @throws JinjaException if the template is not one that can be rendered */
    JinjaTemplate(String template) {
        source = JinjaSource.prepare(template);
        jinjava.setResourceLocator((name, encoding, interpreter) -> {
            throw new ResourceNotFoundException("a chat template cannot load \"" + name + "\"");
        });
        Context global = jinjava.getGlobalContext();
        global.registerFilter(new ToJson());
        global.registerFunction(
                new ELFunctionDefinition("", "raise_exception", JinjaTemplate.class, "raiseException", Object.class));
        refuseUnknown(global);
    }

    /** Jinjava takes what a filter or test that it does not know is applied to for nothing; a prompt must not lack it. */
    private void refuseUnknown(Context global) {
        for (Matcher filter = FILTER.matcher(source); filter.find();) {
            if (global.getFilter(filter.group(1)) == null) {
                global.registerFilter(new UnknownFilter(filter.group(1)));
            }
        }
        for (Matcher test = TEST.matcher(source); test.find();) {
            if (global.getExpTest(test.group(1)) == null) {
                global.registerExpTest(new UnknownTest(test.group(1)));
            }
        }
    }

    /**
     * @param variables what the template sees
     * @param guard a character that {@code tojson} never escapes
     * @throws JinjaException if it cannot be rendered, with the line
     */
    String render(Map<String, Object> variables, char guard) {
        Map<String, Object> bindings = new HashMap<>(variables);
        bindings.put(GUARD, guard);
        RenderResult result;
        try {
            result = withItsClassLoader(() -> jinjava.renderForResult(source, bindings));
        } catch (RuntimeException | StackOverflowError e) {
            // Jinjava reports what a template gets wrong; what is left is a template made to break it.
            throw new JinjaException("Jinjava failed with " + e.getClass().getSimpleName());
        }
        List<TemplateError> errors = result.getErrors();
        if (errors.isEmpty()) {
            return result.getOutput();
        }
        for (TemplateError error : errors) {
            for (Throwable cause = error.getException(); cause != null; cause = cause.getCause()) {
                if (cause instanceof JinjaException raised) {
                    throw raised;
                }
            }
        }
        TemplateError first = errors.getFirst();
        throw new JinjaException("line " + first.getLineno() + ": " + first.getMessage());
    }

    /** The template's function {@code raise_exception}. Public because Jinjava calls it. */
    public static Object raiseException(Object message) {
        throw JinjaException.raised(String.valueOf(message));
    }

    /** {@code tojson(ensure_ascii=False, indent=None, separators=None, sort_keys=False)}, as Hugging Face defines it. */
    private static final class ToJson implements AdvancedFilter {

        private static final List<String> PARAMETERS = List.of("ensure_ascii", "indent", "separators", "sort_keys");

        @Override
        public String getName() {
            return "tojson";
        }

        @Override
        public Object filter(Object value, JinjavaInterpreter interpreter, Object[] positional, Map<String, Object> named) {
            Map<String, Object> arguments = new HashMap<>(named);
            for (int i = 0; i < positional.length; i++) {
                arguments.put(i < PARAMETERS.size() ? PARAMETERS.get(i) : "a fifth one", positional[i]);
            }
            for (String name : arguments.keySet()) {
                if (!PARAMETERS.contains(name)) {
                    throw new InterpretException("tojson has no argument " + name, interpreter.getLineNumber());
                }
            }
            String indent = indent(arguments.get("indent"));
            String itemSeparator = indent == null ? ", " : ",";
            String keySeparator = ": ";
            if (arguments.get("separators") instanceof List<?> separators) {
                if (separators.size() != 2) {
                    throw new InterpretException("tojson needs two separators, found " + separators.size(),
                            interpreter.getLineNumber());
                }
                itemSeparator = String.valueOf(separators.get(0));
                keySeparator = String.valueOf(separators.get(1));
            }
            boolean sortKeys = Boolean.TRUE.equals(arguments.get("sort_keys"));
            String json = new PythonJson(itemSeparator, keySeparator, indent, sortKeys).write(value);
            if (Boolean.TRUE.equals(arguments.get("ensure_ascii"))) {
                return PythonJson.ensureAscii(json, (char) interpreter.getContext().get(GUARD));
            }
            return json;
        }

        private static String indent(Object argument) {
            return switch (argument) {
                case null -> null;
                case Number blanks -> " ".repeat(Math.max(0, blanks.intValue()));
                default -> argument.toString();
            };
        }
    }

    private record UnknownFilter(String name) implements AdvancedFilter {

        @Override
        public String getName() {
            return name;
        }

        @Override
        public Object filter(Object value, JinjavaInterpreter interpreter, Object[] positional, Map<String, Object> named) {
            throw new InterpretException("the filter \"" + name + "\" is not supported", interpreter.getLineNumber());
        }
    }

    private record UnknownTest(String name) implements ExpTest {

        @Override
        public String getName() {
            return name;
        }

        @Override
        public boolean evaluate(Object value, JinjavaInterpreter interpreter, Object... arguments) {
            throw new InterpretException("the test \"" + name + "\" is not supported", interpreter.getLineNumber());
        }
    }
}
