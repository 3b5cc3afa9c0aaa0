package dev.kimilinear.engine.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import dev.kimilinear.engine.api.ChatTurn;

/** Conversations that can be had again word by word: what the user says follows from their numbers. */
final class Dialogue {

    static final int TURNS = 4;

    private static final List<String> NAMES = List.of("Oskar", "Mira", "Tom", "Ada", "Paul", "Nora", "Emil", "Ida");
    private static final List<String> QUESTIONS = List.of("What is my name?", "What is the capital of France?",
            "What is the capital of Spain?", "What is 12 plus 30?", "Hello!", "Thank you.", "What is the capital of Japan?");

    private Dialogue() {
    }

    /** The turns before the given answer: a system message shared by some, what was said, and a new message. */
    static List<ChatTurn> before(int number, int turn, List<String> answers) {
        Random random = new Random(number);
        List<ChatTurn> turns = new ArrayList<>();
        int rules = random.nextInt(3);
        if (rules > 0) {
            turns.add(ChatTurn.system("You are a helpful assistant. " + "Answer in one short sentence. ".repeat(20 * rules)));
        }
        turns.add(ChatTurn.user("My name is " + NAMES.get(random.nextInt(NAMES.size())) + ". "
                + "The baker sold bread and cake to the people of the town. ".repeat(random.nextInt(40))));
        for (int i = 0; i < turn; i++) {
            turns.add(ChatTurn.assistant(answers.get(i)));
            turns.add(ChatTurn.user(QUESTIONS.get(random.nextInt(QUESTIONS.size()))));
        }
        return turns;
    }
}
