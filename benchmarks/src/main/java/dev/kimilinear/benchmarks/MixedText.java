package dev.kimilinear.benchmarks;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * A megabyte of text to tokenise: this project's documentation and sources in the order of their paths, with a paragraph of
 * Chinese after each file. The same for the same sources.
 */
final class MixedText {

    static final int BYTES = 1_000_000;

    private static final List<String> SUBJECTS = List.of("这个模型", "我们的程序", "今天的天气", "北京的秋天", "图书馆里的学生", "新的编译器", "那位老师",
            "这篇文章", "内存的带宽", "线性注意力", "城市的交通", "小镇上的人们");
    private static final List<String> PREDICATES = List.of("可以处理很长的上下文", "比去年更好", "正在慢慢改变", "需要更多的时间", "让大家都很高兴", "并没有想象的那么难",
            "每天都要运行三次", "在数学和编程方面表现出色", "只用了两个处理器", "从来没有出过错", "使用了二百五十六个专家", "值得再看一遍");
    private static final List<String> ENDS = List.of("。", "，但是", "，因为", "；", "！", "？", "，所以");

    private MixedText() {
    }

    /**
     * @param root the project's folder
     * @throws IOException if the project has not enough text
     */
    static String of(Path root) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(root)) {
            files = all.filter(Files::isRegularFile).filter(file -> isText(root.relativize(file).toString())).sorted().toList();
        }
        RandomGenerator random = new SplittableRandom(1);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(BYTES + (1 << 16));
        for (Path file : files) {
            bytes.writeBytes(Files.readAllBytes(file));
            bytes.writeBytes(chinese(random).getBytes(StandardCharsets.UTF_8));
            if (bytes.size() >= BYTES) {
                return cut(bytes.toByteArray());
            }
        }
        throw new IOException("The sources under " + root + " have " + bytes.size() + " bytes of text, expected " + BYTES
                + " or more. Start the command from the project.");
    }

    private static boolean isText(String path) {
        return path.matches("(docs|engine|cli|runtime|deployment|integration-tests|benchmarks)/.*\\.(adoc|java)")
                && !path.contains("/target/");
    }

    private static String chinese(RandomGenerator random) {
        StringBuilder paragraph = new StringBuilder("\n");
        for (int i = 0; i < 24; i++) {
            paragraph.append(SUBJECTS.get(random.nextInt(SUBJECTS.size())))
                    .append(PREDICATES.get(random.nextInt(PREDICATES.size()))).append(ENDS.get(random.nextInt(ENDS.size())));
        }
        return paragraph.append("\n\n").toString();
    }

    /** The first megabyte, without a character that it would cut. */
    private static String cut(byte[] bytes) {
        int end = BYTES;
        while ((bytes[end] & 0xC0) == 0x80) {
            end--;
        }
        return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }
}
