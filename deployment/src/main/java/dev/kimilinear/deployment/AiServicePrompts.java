package dev.kimilinear.deployment;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.jboss.jandex.DotName;

import dev.kimilinear.runtime.internal.AiServicePrompt;
import io.quarkiverse.langchain4j.RegisterAiService;
import io.quarkiverse.langchain4j.deployment.DeclarativeAiServiceBuildItem;
import io.quarkiverse.langchain4j.deployment.items.AiServicesMethodBuildItem;
import io.quarkiverse.langchain4j.runtime.aiservice.AiServiceMethodCreateInfo;
import io.quarkiverse.langchain4j.runtime.aiservice.AiServiceMethodCreateInfo.TemplateInfo;

/** What is constant at the beginning of the prompts of AI services. */
final class AiServicePrompts {

    private static final DotName ANY_BEAN = DotName.createSimple(RegisterAiService.BeanChatLanguageModelSupplier.class);

    private AiServicePrompts() {
    }

    /** A prompt for each method whose prompts begin with something constant; equal ones once. */
    static List<AiServicePrompt> of(List<DeclarativeAiServiceBuildItem> services, List<AiServicesMethodBuildItem> methods) {
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
                prompt(service, info).ifPresent(prompts::add);
            }
        }
        return List.copyOf(prompts);
    }

    private static Optional<AiServicePrompt> prompt(DeclarativeAiServiceBuildItem service, AiServiceMethodCreateInfo info) {
        String system = text(info.getSystemMessageInfo());
        String user = text(info.getUserMessageInfo().template());
        String systemHead = constantBeginning(system);
        boolean systemIsWhole = systemHead.equals(system);
        if (systemHead.isBlank() && (!systemIsWhole || constantBeginning(user).isBlank())) {
            return Optional.empty();
        }
        return Optional.of(new AiServicePrompt(service.getChatModelName(), info.getInterfaceName() + "#" + info.getMethodName(),
                systemHead, systemIsWhole, constantBeginning(user)));
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
