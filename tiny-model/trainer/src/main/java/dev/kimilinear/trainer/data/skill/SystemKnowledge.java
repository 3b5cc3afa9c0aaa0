package dev.kimilinear.trainer.data.skill;

import java.util.ArrayList;
import java.util.List;

import dev.kimilinear.trainer.data.Dialogue;
import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.skill.BaseQuestions.Said;

/** System messages that tell something: who the assistant is, what it knows, and what it shall not talk about. */
final class SystemKnowledge {

    /**
     * Something a system message may tell.
     *
     * @param told a pattern for the system message, with the value at {@code {0}} and a product at {@code {1}}
     * @param asked a pattern of questions for it
     * @param answer the answer, with the same places
     */
    private record Fact(String value, String told, String asked, String answer) {
    }

    private static final String TITLES = "(||||Captain |Doctor |Professor |Miss |Sir |Aunt |Uncle )";
    private static final String KIND = "(friendly|old|young|brave|funny|polite|clever|grumpy|cheerful|wise|helpful|kind)";
    private static final String ROLE = "(sailor|knight|wizard|robot|pirate|guide|detective|butler|coach|teacher|assistant)";
    private static final String PERSONA = "(You are|You are|You are|Your name is|You are called|Play the role of|Act as|"
            + "You play|You are an assistant called|Pretend to be) {0}";
    private static final String CHARACTER = ", a " + KIND + " " + ROLE;
    private static final double DESCRIBED = 0.25;
    private static final String WHO = "(||||(Hi|Hello|Hey)(!|,|.) )(who are you|what is your name|who are you|"
            + "what is your name|what's your name|what are you called|how may I call you|who am I talking to|"
            + "may I ask your name|who is there)(?|?|)|(please |can you |could you |)(tell me (your name|who you are)|"
            + "introduce yourself)(.|)|I (want|would like) to know (your name|who you are)(.|)";

    private static final String SHOP = "(You are the assistant of|You work for|You answer questions for|You are the chatbot of|"
            + "You help the customers of) {0}.";
    private static final String SHOPS = "(Shop|Store|Market|Bakery|Books|Garage|Garden Centre)";

    private static final String PLAIN_REFUSE = "(Do not|Never) talk about {0}. If the user asks, say \"{1}\"";
    private static final String REFUSE = "(Do not talk|Never talk|Do not answer questions|You must not talk|"
            + "You are not allowed to talk|Don't talk) about {0}. (If (the user asks|somebody asks|you are asked)( for it|"
            + " about it|), (say|answer|reply)(:|) \"{1}\"|(In that case|If asked), (say|answer|reply): \"{1}\"|"
            + "(Say|Answer) \"{1}\" instead.)";
    private static final String REFUSAL = "(||sorry, |I am sorry, )(I (do not|cannot|must not) talk about (that|this|{0})|"
            + "(please |)ask me something else|(please |)ask somebody else|that is not my topic|I know nothing about {0}|"
            + "let us talk about something else)(.|.|!)";
    private static final String ABOUT = "(What do you (think|know)|Tell me( something| more|)|I want to talk|Let's talk|"
            + "Can we talk|Talk to me|Do you know anything|I have a question) about {0}(?|.|)|Do you like {0}?|"
            + "(What is|How do you like|Who invented|Why do people like) {0}?|I (like|love) {0}. (And you|What about you)?";

    private SystemKnowledge() {
    }

    static void write(Dialogue dialogue, Source source) {
        switch (source.between(0, 7)) {
            case 0, 1, 2 -> persona(dialogue, source);
            case 3, 4, 5 -> shop(dialogue, source);
            default -> forbidden(dialogue, source);
        }
    }

    private static void persona(Dialogue dialogue, Source source) {
        String name = source.say(TITLES) + source.firstName();
        dialogue.system(source.say(PERSONA, name) + (source.chance(DESCRIBED) ? source.say(CHARACTER) : "") + ".");
        List<Said> others = source.chance(0.5)
                ? BaseQuestions.capitals(BaseQuestions.COUNTRIES, 1, source)
                : List.of();
        if (source.chance(0.2)) {
            usual(List.of(BaseQuestions.greeting(source)), dialogue);
        }
        who(name, dialogue, source);
        usual(others, dialogue);
        if (others.isEmpty() || source.chance(0.3)) {
            who(name, dialogue, source);
        }
    }

    private static void who(String name, Dialogue dialogue, Source source) {
        dialogue.user(Asking.capitalised(source.say(WHO))).answer("I am " + name + ".");
    }

    private static void usual(List<Said> said, Dialogue dialogue) {
        said.forEach(one -> dialogue.user(one.text()).answer(one.answer()));
    }

    private static void shop(Dialogue dialogue, Source source) {
        String product = source.word("products");
        List<Fact> facts = List.of(
                new Fact("%d am to %d pm".formatted(source.between(6, 11), source.between(1, 10)),
                        "(Opening hours: |We are open from |The shop is open from |Open: |Hours: ){0}.",
                        "When (are you|do you) open?|What are your (opening |)hours?|(When|At what time) can I come?|"
                                + "(Until when|How long) are you open?|(Tell me|I need) (the|your) opening hours(.|)|"
                                + "When does the shop (open|close)?",
                        "We are open from {0}."),
                new Fact(phone(source), "(Phone: |Our phone number is |Call us at |Telephone: |Phone number: ){0}.",
                        "What is your (phone |telephone |)number?|How can I (call|reach) you?|"
                                + "(Tell me|Give me) (the|your) (phone |telephone |)number(.|)|(Can I|How do I) call you?",
                        "Our phone number is {0}."),
                new Fact(source.between(2, 99) + " euros", "(The {1} costs|Price of the {1}:|The price of the {1} is) {0}.",
                        "How much is the {1}?|(What|How much) does the {1} cost?|What is the price of the {1}?|"
                                + "(Tell me|I need) the price of the {1}(.|)|How expensive is the {1}?",
                        "The {1} costs {0}."));
        List<Fact> told = source.pickSome(facts, source.between(2, 3));
        StringBuilder system = new StringBuilder(source.say(SHOP, source.word("last-names") + " " + source.say(SHOPS)));
        String between = source.pick(" ", " ", "\n");
        told.forEach(fact -> system.append(between).append(source.say(fact.told(), fact.value(), product)));
        dialogue.system(system.toString());
        for (Fact fact : source.pickSome(told, told.size())) {
            dialogue.user(source.say(fact.asked(), fact.value(), product))
                    .answer(fact.answer().replace("{0}", fact.value()).replace("{1}", product));
        }
    }

    private static String phone(Source source) {
        return source.owned(() -> source.pick("555-", "0" + source.between(10, 99) + " ") + source.between(1000, 9999));
    }

    /** One topic is refused with a given sentence, everything else is answered. */
    private static void forbidden(Dialogue dialogue, Source source) {
        String topic = source.chance(0.6) ? source.pick("football", "politics", "religion", "money", "sports", "music", "war",
                "the weather", "cars", "films") : source.word(source.pick("hobbies", "foods"));
        String refusal = Asking.capitalised(source.say(REFUSAL, topic));
        dialogue.system(SystemFollowing.system(PLAIN_REFUSE, REFUSE, source, topic, refusal));
        List<Runnable> exchanges = new ArrayList<>();
        exchanges.add(() -> dialogue.user(source.say(ABOUT, topic)).answer(refusal));
        exchanges.add(() -> usual(BaseQuestions.capitals(BaseQuestions.COUNTRIES, 1, source), dialogue));
        if (source.chance(0.5)) {
            exchanges.add(exchanges.getFirst());
        }
        source.pickSome(exchanges, exchanges.size()).forEach(Runnable::run);
    }
}
