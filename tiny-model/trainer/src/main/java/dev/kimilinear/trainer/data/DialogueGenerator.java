package dev.kimilinear.trainer.data;

import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

import dev.kimilinear.engine.api.ChatTurn;
import dev.kimilinear.trainer.data.skill.SystemPrompts;

/** Draws dialogues: which skills, how many in one chat, with or without a system message. */
public final class DialogueGenerator {

    /**
     * A skill and how often it is drawn.
     *
     * @param weight relative to the others
     */
    public record Share(Skill skill, double weight) {
    }

    private static final double SYSTEM_MESSAGE = 0.15;
    private static final double ANOTHER_TASK = 0.35;
    private static final int MOST_TASKS = 6;

    private final List<Share> shares;
    private final List<Share> chat;
    private final Predicate<String> reserved;

    /** @param reserved which messages of users, as {@link #plain} has them, must not occur in training */
    public DialogueGenerator(List<Share> shares, Predicate<String> reserved) {
        this.shares = List.copyOf(shares);
        this.reserved = reserved;
        chat = this.shares.stream().filter(share -> !share.skill.opens()).toList();
    }

    public List<Skill> skills() {
        return shares.stream().map(Share::skill).toList();
    }

    /** A dialogue of one or several tasks. */
    public Dialogue write(Source source) {
        return write(draw(shares, source), source, true);
    }

    /** A dialogue of one task of a given skill. */
    public Dialogue writeOne(Skill skill, Source source) {
        return write(skill, source, false);
    }

    /** A message without what does not make it another one: case, marks, white space. */
    public static String plain(String message) {
        return message.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}+*-]+", " ").strip();
    }

    private Dialogue write(Skill first, Source source, boolean several) {
        Dialogue dialogue = draft(first, source, several);
        while (source.split() == Split.TRAINING && isReserved(dialogue)) {
            dialogue = draft(first, source, several);
        }
        return dialogue;
    }

    private boolean isReserved(Dialogue dialogue) {
        return dialogue.messages().stream().map(Dialogue.Message::turn).filter(turn -> turn.role() == ChatTurn.Role.USER)
                .anyMatch(turn -> reserved.test(plain(turn.content())));
    }

    private Dialogue draft(Skill first, Source source, boolean several) {
        Dialogue dialogue = new Dialogue(source);
        if (first.opens()) {
            first.write(dialogue.shows(first.name()), source);
            return dialogue;
        }
        if (source.chance(SYSTEM_MESSAGE)) {
            dialogue.system(SystemPrompts.generic(source));
        }
        first.write(dialogue.shows(first.name()), source);
        for (int i = 1; several && i < MOST_TASKS && source.chance(ANOTHER_TASK); i++) {
            Skill next = draw(chat, source);
            next.write(dialogue.shows(next.name()), source);
        }
        return dialogue;
    }

    private static Skill draw(List<Share> from, Source source) {
        double sum = from.stream().mapToDouble(Share::weight).sum();
        double at = source.random().nextDouble() * sum;
        for (Share share : from) {
            at -= share.weight;
            if (at < 0) {
                return share.skill;
            }
        }
        return from.getLast().skill;
    }
}
