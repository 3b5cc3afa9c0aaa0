package dev.kimilinear.deployment;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.jboss.jandex.DotName;

import dev.kimilinear.runtime.chat.ChatRequestMapper;
import dev.kimilinear.runtime.internal.AiServicePrompt;
import dev.kimilinear.runtime.internal.AiServicePrompt.AiServiceTool;
import dev.langchain4j.agent.tool.ToolSpecification;
import io.quarkiverse.langchain4j.RegisterAiService;
import io.quarkiverse.langchain4j.deployment.DeclarativeAiServiceBuildItem;
import io.quarkiverse.langchain4j.deployment.items.AiServicesMethodBuildItem;
import io.quarkiverse.langchain4j.deployment.items.ToolMethodBuildItem;
import io.quarkiverse.langchain4j.runtime.aiservice.AiServiceMethodCreateInfo;
import io.quarkiverse.langchain4j.runtime.aiservice.AiServiceMethodCreateInfo.TemplateInfo;

/** What of the requests of AI services is known when the application is built: beginnings of prompts, tools, schemas. */
final class AiServicePrompts {

    private static final DotName ANY_BEAN = DotName.createSimple(RegisterAiService.BeanChatLanguageModelSupplier.class);

    private AiServicePrompts() {
    }

    /** A prompt for each method of whose requests something is known; equal ones once. */
    static List<AiServicePrompt> of(List<DeclarativeAiServiceBuildItem> services, List<AiServicesMethodBuildItem> methods,
            List<ToolMethodBuildItem> toolMethods) {
        Map<String, DeclarativeAiServiceBuildItem> byInterface = new HashMap<>();
        for (DeclarativeAiServiceBuildItem service : services) {
            // With a supplier of its own it does not say which model answers.
            DotName supplier = service.getChatLanguageModelSupplierClassDotName();
            if (supplier == null || supplier.equals(ANY_BEAN)) {
                byInterface.put(service.getServiceClassInfo().name().toString(), service);
            }
        }
        Set<AiServicePrompt> prompts = new LinkedHashSet<>();
        for (AiServicesMethodBuildItem method : methods) {
            AiServiceMethodCreateInfo info = method.getMethodCreateInfo();
            DeclarativeAiServiceBuildItem service = byInterface.get(info.getInterfaceName());
            if (service != null) {
                AiServicePrompt prompt = prompt(service, info, toolMethods);
                if (prompt.hasBeginning() || !prompt.tools().isEmpty() || !prompt.responseSchema().isEmpty()) {
                    prompts.add(prompt);
                }
            }
        }
        return List.copyOf(prompts);
    }

    private static AiServicePrompt prompt(DeclarativeAiServiceBuildItem service, AiServiceMethodCreateInfo info,
            List<ToolMethodBuildItem> toolMethods) {
        String system = text(info.getSystemMessageInfo());
        String systemHead = constantBeginning(system);
        return new AiServicePrompt(service.getChatModelName(), info.getInterfaceName() + "#" + info.getMethodName(), systemHead,
                systemHead.equals(system), constantBeginning(text(info.getUserMessageInfo().template())),
                tools(service, info, toolMethods),
                info.getResponseSchemaInfo().structuredOutputSchema().filter(schema -> !ChatRequestMapper.isOfResult(schema))
                        .map(schema -> ChatRequestMapper.schema(schema.rootElement())).orElse(""));
    }

    /** The tools of the method's own annotation, or else those of the service. */
    private static List<AiServiceTool> tools(DeclarativeAiServiceBuildItem service, AiServiceMethodCreateInfo info,
            List<ToolMethodBuildItem> toolMethods) {
        Set<String> classes = new LinkedHashSet<>(info.getToolClassInfo().keySet());
        if (classes.isEmpty()) {
            service.getToolClassInfos().forEach(tool -> classes.add(tool.name().toString()));
        }
        List<ToolSpecification> specifications = toolMethods.stream()
                .filter(tool -> classes.contains(tool.getDeclaringClassName()))
                .map(tool -> tool.getToolMethodCreateInfo().toolSpecification()).toList();
        return ChatRequestMapper.tools(specifications).stream()
                .map(tool -> new AiServiceTool(tool.name(), tool.description() == null ? "" : tool.description(),
                        tool.parametersJsonSchema()))
                .toList();
    }

    private static String text(Optional<TemplateInfo> template) {
        return template.flatMap(TemplateInfo::text).orElse("");
    }

    /**
     * What a Qute template begins with whatever its variables are. A tag that stands alone takes the white space before it
     * away, so that before a tag is not counted.
     */
    static String constantBeginning(String template) {
        for (int i = 0; i < template.length(); i++) {
            if (template.charAt(i) == '{' || template.charAt(i) == '\\') {
                return template.substring(0, i).stripTrailing();
            }
        }
        return template;
    }
}
