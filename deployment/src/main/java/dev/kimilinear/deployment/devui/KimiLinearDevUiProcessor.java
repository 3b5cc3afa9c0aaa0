package dev.kimilinear.deployment.devui;

import java.util.Locale;

import dev.kimilinear.runtime.devui.KimiLinearJsonRpcService;
import io.quarkus.deployment.IsLocalDevelopment;
import io.quarkus.deployment.annotations.BuildStep;
import io.quarkus.devui.spi.JsonRPCProvidersBuildItem;
import io.quarkus.devui.spi.page.CardPageBuildItem;
import io.quarkus.devui.spi.page.Page;
import io.quarkus.devui.spi.page.WebComponentPageBuilder;

/** The card of the models, beside that of LangChain4j. There is a Dev UI in local dev mode only, and only with HTTP. */
class KimiLinearDevUiProcessor {

    @BuildStep(onlyIf = IsLocalDevelopment.class)
    CardPageBuildItem card() {
        CardPageBuildItem card = new CardPageBuildItem();
        card.setLogo("kimi-linear-dark.svg", "kimi-linear-light.svg");
        card.addPage(page("Model", "microchip").dynamicLabelJsonRPCMethodName("label"));
        card.addPage(page("Activity", "chart-line"));
        card.addPage(page("Playground", "comments"));
        card.addPage(page("Download", "download"));
        return card;
    }

    private static WebComponentPageBuilder page(String title, String icon) {
        return Page.webComponentPageBuilder().title(title).icon("font-awesome-solid:" + icon)
                .componentLink("qwc-kimi-linear-" + title.toLowerCase(Locale.ROOT) + ".js");
    }

    @BuildStep(onlyIf = IsLocalDevelopment.class)
    JsonRPCProvidersBuildItem service() {
        return new JsonRPCProvidersBuildItem(KimiLinearJsonRpcService.class);
    }
}
