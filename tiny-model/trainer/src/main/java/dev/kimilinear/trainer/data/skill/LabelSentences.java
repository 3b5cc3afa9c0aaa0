package dev.kimilinear.trainer.data.skill;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.Words;

/** Texts of known classes: reviews of a mood, messages of an intent, sentences about a topic ... */
final class LabelSentences {

    private static final String POSITIVE = "(great|good|very good|excellent|wonderful|fantastic|amazing|perfect|superb|"
            + "brilliant|lovely|awesome|"
            + "really nice|beautiful|delightful|outstanding|impressive|first class|marvellous|fabulous|terrific|splendid|"
            + "magnificent|"
            + "worth every cent|worth the money|a real pleasure|a joy|a dream|the best ever|not bad at all|"
            + "better than expected|better than I thought|"
            + "simply the best|absolutely stunning|so much fun|pretty good|really helpful|flawless|exactly what I wanted|"
            + "nearly perfect|top|super)";
    private static final String NEGATIVE = "(bad|very bad|terrible|awful|horrible|poor|really poor|disappointing|"
            + "a disaster|useless|boring|ugly|disgusting|"
            + "dreadful|a waste of money|a waste of time|not good|not good at all|not worth the money|the worst ever|"
            + "far too expensive|"
            + "a nightmare|broken|unacceptable|worse than expected|worse than I thought|a joke|annoying|anything but good|"
            + "a big mistake|"
            + "pretty bad|really sad|ridiculous|no fun at all|not what I wanted|lousy|miserable|pathetic|garbage|rubbish|"
            + "mediocre at best|a mess|"
            + "not nice|never good|not great|far from perfect)";
    private static final String LIKE = "(love|like|enjoy|adore|appreciate|recommend|(can|would) recommend|am happy with|"
            + "am very happy with|am pleased with|"
            + "am in love with|am a big fan of|am delighted with|am satisfied with|was impressed by|had a great time with|"
            + "would buy|never regret)";
    private static final String DISLIKE = "(hate|dislike|do not like|don't like|cannot recommend|can't recommend|"
            + "would not recommend|am unhappy with|"
            + "am very unhappy with|am disappointed (by|with)|am angry about|regret|am tired of|cannot stand|can't stand|"
            + "do not want|am annoyed by|"
            + "had a bad time with|will never buy|do not enjoy|am not happy with|am not satisfied with|am fed up with)";
    private static final String PRAISE = "({0} (is|was) " + POSITIVE + "|I " + LIKE + " {0}|(What|Such) a (great|wonderful|"
            + "lovely|good|fantastic|beautiful) "
            + "(experience|surprise|thing)( with {0}|: {0})|I (have |)never (had|saw|tried|found) anything better than {0}|"
            + "{0} made (me|my day|us all) "
            + "(so |very |)(happy|smile)|{0} works (perfectly|very well|like a charm)|Thank you for {0}, (it was|it is|"
            + "everything is) " + POSITIVE
            + "|(Five|5) (out of five |)stars for {0}|(We|My family) (loved|enjoyed|liked) {0}|{0} (exceeded|beat) (all |"
            + ")my (hopes|expectations)|"
            + "I (will|would) (come back|come again|buy|take|choose) {0} (again|any time)|(Wow|Yes|Great)! {0} (is|was) "
            + POSITIVE
            + "|There is nothing bad about {0}|{0} is (one of|among) the best|I can't complain about {0}|"
            + "I could not be happier with {0})";
    private static final String BLAME = "({0} (is|was) " + NEGATIVE + "|I " + DISLIKE + " {0}|(What|Such) a (terrible|bad|"
            + "awful|horrible|sad|poor) "
            + "(experience|surprise|thing)( with {0}|: {0})|I (have |)never (had|saw|tried|found) anything worse than {0}|"
            + "{0} made (me|us all) "
            + "(so |very |)(sad|angry|sick)|{0} (does not work|stopped working|broke|fell apart|let me down)( after (a day|"
            + "two days|a week|two weeks)|)|"
            + "I want my money back for {0}|(One|Zero|No) (star|stars) for {0}|(We|My family) (hated|disliked|"
            + "did not like) {0}|"
            + "{0} did not meet (my|our) (hopes|expectations)|I will never (buy|take|choose|try) {0} again|(Oh no|No|"
            + "Sorry)(!|,) {0} (is|was) " + NEGATIVE
            + "|There is nothing good about {0}|{0} is (one of|among) the worst|I could not be more disappointed with {0}|"
            + "(Stay away from|Avoid|Don't buy) {0})";
    private static final String PLAIN = "({0} (is|was) (okay|ok|average|normal|so so|neither good nor bad|as expected|"
            + "nothing special|all right|"
            + "acceptable|just average|neither great nor terrible)|I (bought|saw|used|tried|got|found|have) {0} (yesterday|"
            + "last week|today|on Monday|in May)|"
            + "{0} (arrived|came|was there|was delivered) (on Monday|on Friday|yesterday|in the morning)|"
            + "I have no opinion (about|on) {0}|{0} (is|was) (here|there)|"
            + "{0} (has|had) (two|three|four) parts|(There|Here) (is|was) {0}|{0} (starts|opens|ends) at (eight|nine|ten)|"
            + "I (neither like nor hate|do not mind|don't mind) {0}|{0} is (blue|green|grey|big|small)|(My|A) (friend|"
            + "neighbour|brother|sister) "
            + "(told me about|has|owns|asked about) {0}|Some like {0}, (some|others) do not)";

    private static final Map<String, String> TOPICS = new LinkedHashMap<>();
    private static final Map<String, String> INTENTS = new LinkedHashMap<>();
    private static final Map<String, String> LANGUAGES = new LinkedHashMap<>();

    static {
        TOPICS.put("sports", "({0} (won|lost) the (match|game|race|final)|The team (trains|plays) (in {1}|on Sunday|"
                + "every week)|{0} (scored|shot) (two|three) goals|"
                + "The (football|tennis|basketball) (match|game) (in {1} |)(ended|starts|begins) (late|at noon|in a draw)|"
                + "{0} (runs|swims) (faster than all|a new record)|"
                + "The (coach|trainer|goalkeeper|champion|striker) (is called|was) {0}|(Thousands|"
                + "Many fans) watched the (final|race|match) in {1})");
        TOPICS.put("weather", "(It (is|will be|was) (sunny|rainy|cloudy|windy|foggy|very hot|very cold|snowing) in {1}|"
                + "(Rain|Snow|A storm|Wind|Fog) is (coming|expected) (in|over) {1}|"
                + "The temperature in {1} (rises|falls|is below zero)|(Take an umbrella|Wear a warm coat), (it rains|"
                + "it is cold) in {1}|"
                + "The (sky|sun|clouds) over {1} (is clear|shines|are dark)|The forecast for {1} (says|promises) (rain|"
                + "snow|sunshine))");
        TOPICS.put("food", "({0} (cooks|eats|bakes|prepares|tastes) (a |some |the |)(soup|bread|cake|pizza|pasta|salad)|"
                + "The (soup|cake|pizza|bread|salad) (tastes|smells) (salty|sweet|fresh)|"
                + "(Add|Mix|Stir in) (salt|sugar|butter|flour) (and (milk|eggs)|and stir)|(Dinner|Lunch|"
                + "Breakfast) (is ready|is at noon|was cooked by {0})|"
                + "{0} is (hungry|thirsty)|The restaurant in {1} serves (fish|noodles|rice|cheese)|(Peel|Cook|"
                + "Fry) the potatoes)");
        TOPICS.put("music", "({0} (plays|learns) (the |)(piano|guitar|violin|drums|flute)|{0} (sings|wrote|"
                + "recorded) a (new |)song|The (band|choir|orchestra) (plays|sings) in {1}|"
                + "The (concert|opera) in {1} (was loud|was sold out|starts at eight)|(The melody|The song|This album) (is|"
                + "was) (by|from) {0}|{0} (dances to|listens to) (jazz|rock|the radio))");
        TOPICS.put("animals", "((The|A) (cat|dog|bird|horse|rabbit|fox|cow) (sleeps|eats grass|barks|runs|flies|"
                + "hides) (in the garden|in the barn|near {1})|{0} (feeds|walks) the (dog|cat|horses|birds)|"
                + "The (zoo|farm) (in|near) {1} has (lions|elephants|sheep|monkeys)|(Bears|Owls|Wolves|Whales|Bees) (live|"
                + "hunt|sleep) (in the forest|at night|in winter)|The (puppy|kitten) is called {0})");
        TOPICS.put("travel", "({0} (flies|drives|travels|takes the train) to {1}|The (flight|train|ship|"
                + "bus) to {1} (leaves|departs) (soon|at noon|from gate two)|"
                + "{0} (booked|cancelled) a (hotel|flight|trip|tour)( in {1}| to {1}|)|(Our|My) (holiday|vacation|"
                + "journey) (in|to) {1} (starts|begins) (soon|in July)|{0} packs (a suitcase|the passport))");
        TOPICS.put("work", "({0} (has|leads|missed) a meeting( with the boss|)|The (office|company) in {1} (hires|pays|"
                + "opens at nine)|{0} (wrote|sent) (the report|an application|the contract)|"
                + "The (boss|manager|colleague) of {0} (wants|needs) (the numbers|the report)|{0} (earns|got) (a (higher |"
                + ")salary|a promotion|a new job)|(The deadline|The project) (is on Friday|is late))");
        TOPICS.put("school", "({0} (learns|studies) for the (exam|test)|The (teacher|pupils|students) (in {1} |)(write|"
                + "read|explain) (a test|the lesson)|{0} (forgot|did) the homework|"
                + "The (class|school) in {1} (begins|starts) at eight|{0} got a (good|bad) (grade|mark) in (maths|history|"
                + "biology))");
        INTENTS.put("order", "I (want|would like|'d like) to (order|buy) (the |a |two |){2}(s|)|(Please send me|Can I buy|"
                + "I need|I will take|Send us) (a |one |three |){2}(s|)(, please|)|(I'd like|We want) (five|ten) {2}s");
        INTENTS.put("complaint", "(The|My) {2} (is broken|does not work|came damaged|is of bad quality|makes noises|"
                + "stopped working)|I am (very |)(unhappy|angry|disappointed) (about|with) (the|my) {2}|"
                + "(This|The) {2} is (terrible|useless|a disaster)|I want to complain about the {2}");
        INTENTS.put("return", "I (want|would like|need) to (return|send back|give back) (the|my) {2}|(How can I|Can I|"
                + "May I) (return|send back|give back) the {2}|(Please take back|I am sending back) the {2}|"
                + "The {2} does not fit, I (will |)send it back");
        INTENTS.put("question", "(How much|What) does the {2} cost|(When|What time) do you open|(Is|"
                + "Do you have) the {2} (available|in blue|in stock)|(Does|Is) the {2} (work with|made of|good for) (glass|"
                + "steel|children)|How (long|big|heavy) is the {2}");
        INTENTS.put("cancel", "(Please cancel|I want to cancel|Cancel|I need to cancel|I would like to cancel|Stop) (my|"
                + "the) (order|contract|subscription|booking)( of the {2}| for the {2}|)|I (no longer|don't) (want|"
                + "need) the {2}(, please cancel( it| my order)|. Cancel (it|the order))");
        LANGUAGES.put("English", "(The|A|My|This) (dog|house|car|book|child|garden) (is|was) (big|old|new|very small|red)|"
                + "I (live|work) in {1}|(My name is|I am) {0}|(Where|When|Why) (is|was) {0}( today|)|{0} (has|wants) (a|"
                + "the) (dog|house|car|book)|(Good morning|Thank you|How are you), {0}|We (are going|want to go) to {1}");
        LANGUAGES.put("German", "(Der|Ein|Mein|Dieser) (Hund|Garten|Wagen|Tisch|Vogel) (ist|war) (alt|neu|klein|rot|"
                + "sehr alt)|Ich (wohne|arbeite) in {1}|(Mein Name ist|Ich bin) {0}|(Wo|Wann|Warum) (ist|war) {0}( heute|)|"
                + "{0} (hat|will) (einen Hund|ein Haus|das Buch)|(Guten Morgen|Vielen Dank|Wie geht es dir), {0}|"
                + "Wir (fahren|gehen) (morgen |)nach {1}");
        LANGUAGES.put("French", "(Le|Mon|Ce) (chien|jardin|livre|train|chat) (est|n'est pas) (petit|grand|rouge|nouveau)|"
                + "(J'habite|Je travaille) dans {1}|(Je m'appelle|Je suis) {0}|(Quand est|Pourquoi est|Comment va) {0}|"
                + "{0} (a|veut) (un chien|une maison|le livre)|(Bonjour|Merci beaucoup|Bonsoir), {0}|Nous (allons|"
                + "voulons aller) avec {0}");
        LANGUAGES.put("Spanish", "(El|Mi|Este) (perro|libro|coche|gato|tren) (es|era) (grande|viejo|nuevo|rojo|muy bonito)|"
                + "(Vivo|Trabajo) en {1}|(Me llamo|Yo soy) {0}|(Donde|Cuando|Como) (esta|estaba) {0}|{0} (tiene|"
                + "quiere) (un perro|una casa|el libro)|(Buenos dias|Muchas gracias|Buenas noches), {0}|(Vamos|"
                + "Queremos ir) a {1}");
    }

    private LabelSentences() {
    }

    static List<String> topics() {
        return new ArrayList<>(TOPICS.keySet());
    }

    static List<String> intents() {
        return new ArrayList<>(INTENTS.keySet());
    }

    static List<String> languages() {
        return new ArrayList<>(LANGUAGES.keySet());
    }

    static String topic(String topic, Source source) {
        return say(TOPICS.get(topic), source) + ".";
    }

    static String intent(String intent, Source source) {
        return say(INTENTS.get(intent), source) + (intent.equals("question") ? "?" : ".");
    }

    static String language(String language, Source source) {
        return say(LANGUAGES.get(language), source) + source.pick(".", ".", "");
    }

    /** A review: positive (1), neutral (0) or negative (-1). */
    static String review(int mood, Source source) {
        List<String> sentences = new ArrayList<>();
        int count = source.pick(1, 1, 1, 2);
        for (int i = 0; i < count; i++) {
            sentences.add(opinion(mood, source));
        }
        if (mood != 0 && source.chance(0.15)) {
            sentences.add(opinion(0, source));
            Collections.reverse(sentences);
        }
        return String.join(" ", sentences);
    }

    private static String opinion(int mood, Source source) {
        String pattern = mood > 0 ? PRAISE : mood < 0 ? BLAME : PLAIN;
        return Words.capitalise(source.say(pattern, thing(source))) + (mood == 0 ? "." : source.pick(".", ".", "!", "!!"));
    }

    private static String thing(Source source) {
        return source.pick("the ", "the ", "this ", "my ", "our ", "your ") + switch (source.between(0, 5)) {
            case 0 -> source.word("objects");
            case 1 -> source.word("foods");
            case 2 -> source.inventedWord();
            case 3 -> source.pick("film", "hotel", "service", "restaurant", "concert", "book", "trip", "room", "staff",
                    "waiter", "course", "game",
                    "play", "museum", "airline", "shop", "phone", "app", "website", "music", "breakfast", "food", "delivery",
                    "team");
            case 4 -> source.pick("film", "hotel", "restaurant", "food", "service") + " in " + source.city();
            default -> source.word("products");
        };
    }

    /** A sentence of a pattern with places for a name, a city and a product. */
    static String say(String pattern, Source source) {
        return Words.capitalise(source.say(pattern, source.firstName(), source.city(),
                source.chance(0.8) ? source.word("products")
                        : source.inventedWord()));
    }
}
