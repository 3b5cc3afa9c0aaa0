package dev.kimilinear.trainer.data;

/** Prints dialogues of one skill, to read them. */
public final class Samples {

    private Samples() {
    }

    /** @param args a skill's class name in {@code data.skill}, how many dialogues, the first seed */
    public static void main(String[] args) throws ReflectiveOperationException {
        Skill skill = (Skill) Class.forName("dev.kimilinear.trainer.data.skill." + args[0]).getDeclaredConstructor()
                .newInstance();
        long seed = args.length > 2 ? Long.parseLong(args[2]) : 1;
        for (int i = 0; i < Integer.parseInt(args[1]); i++) {
            Source source = new Source(seed + i, Split.TRAINING);
            Dialogue dialogue = new Dialogue(source).shows(skill.name());
            skill.write(dialogue, source);
            IO.println("--- " + Rendering.text(dialogue).replace("<|im_end|>", "\n").replace("<|im_middle|>", ": "));
        }
    }
}
