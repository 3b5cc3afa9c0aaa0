package dev.kimilinear.trainer.data.skill;

import static dev.kimilinear.trainer.data.skill.ExtractionDomain.address;
import static dev.kimilinear.trainer.data.skill.ExtractionDomain.choice;
import static dev.kimilinear.trainer.data.skill.ExtractionDomain.date;
import static dev.kimilinear.trainer.data.skill.ExtractionDomain.integer;
import static dev.kimilinear.trainer.data.skill.ExtractionDomain.list;
import static dev.kimilinear.trainer.data.skill.ExtractionDomain.number;
import static dev.kimilinear.trainer.data.skill.ExtractionDomain.text;
import static dev.kimilinear.trainer.data.skill.ExtractionDomain.truth;

import java.util.List;

import dev.kimilinear.trainer.data.Source;

/** Texts about people, animals, meetings and places to extract from. */
final class ExtractionPeople {

    static final List<ExtractionDomain> DOMAINS = List.of(
            ExtractionDomain.of("(person|person|user|individual|personal data|human)", List.of(
                    text("name, full name, person name, person", ExtractionValues::name),
                    integer("age, age in years, years", 3, 99),
                    text("city, home town, place of residence, town, location, home", Source::city),
                    text("job, profession, occupation, work", ExtractionValues::job),
                    truth("married, is married"),
                    list("hobbies, interests", source -> ExtractionValues.words(source, "hobbies")),
                    address("address, home address"),
                    date("birth date, birthday, date of birth"),
                    text("favourite food, food", ExtractionValues::food),
                    text("favourite colour, colour", ExtractionValues::colour)),
                    """
                            > {0} is {1} years old
                            > {0} is {1}
                            > (This is|Meet|I met|I know|Yesterday I talked to|I would like to introduce|Here comes) {0}, (aged {1}|\
                            {1} years old|who is {1}( years old|))
                            > (My|Our) (friend|colleague|neighbour|cousin|teacher|new boss|uncle|best friend) {0} (is {1} years old|\
                            turned {1} (yesterday|last week|this year)|just turned {1}|will be {1} soon)
                            > {0} (turned {1} yesterday|celebrated (the|a) {1}th birthday|has just become {1})
                            > At the age of {1}, {0} (still (works|dances|plays football)|is full of energy)
                            > {0} is a {1} year old (man|woman|person|boy|girl|student)
                            > A {1}-year-old (man|woman|person|student) (named|called|by the name of) {0} (came in|called us|\
                            was here|wrote to us)
                            > {0} (lives in|comes from|is from|has moved to|moved to|has a flat in|settled in) {2}
                            > {0} from {2} (called|wrote|visited us|is here|won the first prize)
                            > {0} ({1}), who lives in {2}, (called|wrote to us|is on the list)
                            > {0} is {1} years old and lives in {2}
                            > {0}, {1}, (lives in|is from|from) {2}
                            > {0} works as a {3}( in an office| every day|)
                            > {0} is a {3} (and|who) lives in {2}
                            > {0}, a {3} from {2}, is {1} years old
                            > The (name of the (person|user|man|woman) is|new member is called|name is) {0}
                            > The user {0} is {1} years old and (works as a|is a) {3}
                            (They|{0}) (lives|live) in {2}
                            {0} (has lived in {2} for years|calls {2} home|spends most of the time in {2})
                            (The place to find {0} is|Home is) {2}
                            ({0}'s age is|Age:) {1}
                            {0} is {1} years old
                            ({0} works|Works) as a {3}
                            {0} earns a living as a {3}
                            (The job|The profession|{0}'s job) is {3}
                            +4 {0} (is married|has a (wife|husband)|got married (last year|in spring)|is happily married)
                            -4 {0} (is not married|is single|is unmarried|never married|has no (wife|husband))
                            (Hobbies|The hobbies) are {5}
                            {0} (likes|loves|enjoys|is fond of|spends the weekend with) {5}
                            {0} (lives at|has moved to|can be found at) {6}
                            The (home |)address is {6}
                            {0} was born on {7}
                            (The birthday is|Born on|Date of birth:) {7}
                            {0}'s favourite food is {8}
                            {0} (loves to eat|could eat|eats a lot of|likes to cook) {8}
                            {0}'s favourite colour is {9}
                            The colour {0} likes (most|best) is {9}
                            """),
            ExtractionDomain.of("(person|user|customer|introduction|speaker)", List.of(
                    text("name, first name, user name", ExtractionValues::name),
                    integer("age, years", 4, 99),
                    text("city, home town, location", Source::city),
                    text("job, profession, occupation", ExtractionValues::job),
                    text("email, mail, email address", ExtractionValues::email),
                    text("phone, phone number, telephone", ExtractionValues::phone),
                    list("hobbies, interests, likes", source -> ExtractionValues.words(source, "hobbies")),
                    truth("has children, children")), """
                            > (Hi|Hello|Hey|Good morning|Good day)(,|!) (I am|I'm|my name is|this is) {0}
                            > (I am|I'm|My name is|My name's|They call me|You can call me|People call me) {0}
                            > (I am|I'm) {0} and (I am|I'm) {1}( years old|)
                            > (My name is|I am|I'm) {0}, (I am|I'm) {1} years old and (I live in|I come from|I am from) {2}
                            > {0} here( again|), {1} years old
                            > (I'm|I am) {0} from {2}
                            I (am|just turned|will soon be) {1}( years old|)
                            (My age is|Age:) {1}
                            I (live in|come from|moved to|grew up in|am from) {2}
                            (I work as a|I am a|My job: I am a) {3}
                            (My job is|My profession is) {3}
                            (My (mail|email|email address) is|You can write to me at|Write to|My mail:) {4}
                            (My (phone |telephone |)number is|Call me at|You can reach me (at|under)|Please call) {5}
                            (I like|I love|I enjoy|My hobbies are|In my free time I like|I am interested in) {6}
                            +7 I have (two kids|a son|a daughter|three children|children)
                            -7 I (have no (kids|children)|don't have any (kids|children)|have never had children)
                            """),
            ExtractionDomain.of("(employee|worker|colleague|staff member)", List.of(
                    text("name, employee, employee name", ExtractionValues::fullName),
                    text("company, employer, firm", ExtractionValues::company),
                    text("job, position, role, job title", ExtractionValues::job),
                    integer("salary, pay, income", 1000, 9900),
                    choice("department, team", "sales", "marketing", "research", "support", "finance"),
                    integer("start year, year, since", 1985, 2025),
                    truth("remote, works remote, home office")), """
                            > {0} (works for|works at|is employed at|has joined|joined) {1}
                            > {0} (works at|is with) {1} as a {2}
                            > {0} is a {2} at {1}
                            > {1} (has hired|hired|employs|took on) {0}
                            > (Our new colleague|The new employee) is {0}
                            > {0} has worked (here|for us) since {5}
                            ({0}|The employer) is {1}, (they say|I think)
                            The company is (called |){1}
                            (The job is|The position is|{0} works as a) {2}
                            (The salary is|{0} earns|The pay is|{0} gets) {3} (euros|dollars) a month
                            {0} (is in|works in|belongs to) the {4} (department|team)
                            (The department|The team) is {4}
                            {0} (started|began|came) in {5}
                            +6 {0} works (from home|remotely|in the home office)
                            -6 {0} (works in the office|does not work from home|comes to the office every day)
                            """),
            ExtractionDomain.of("(pet|animal)", List.of(
                    text("name, pet name, pet", source -> source.firstName()),
                    text("species, animal, kind, type", source -> source.word("animals")),
                    integer("age, years, age in years", 1, 30),
                    text("owner, owner name", ExtractionValues::name),
                    text("colour, fur colour", ExtractionValues::colour),
                    number("weight, weight in kg", 60),
                    truth("vaccinated, is vaccinated")), """
                            > (My|Our|The) {1} is called {0}
                            > {0} is a {1}
                            > {0} is a {2} year old {1}
                            > {3} has a {1} (called|named|with the name) {0}
                            > {0}, the {1} of {3}, is {2} years old
                            > The {1} {0} belongs to {3}
                            ({0}|The animal) is {2} years old
                            (The owner (of {0} |)is|The owner's name is|{0} belongs to|{0} lives with) {3}
                            ({0}|The animal) is {4}
                            (The colour is|The fur is) {4}
                            ({0} weighs|The weight is) {5} (kg|kilos|kilograms)
                            +6 {0} (is vaccinated|has been vaccinated|got a vaccination)
                            -6 {0} (is not vaccinated|has not been vaccinated( yet|))
                            """),
            ExtractionDomain.of("(address|location|postal address)", List.of(
                    text("name, recipient, person", ExtractionValues::name),
                    text("street, street and number", ExtractionValues::street),
                    text("city, town", Source::city),
                    text("postal code, zip, zip code, postcode", source -> source.owned(
                            () -> String.valueOf(source.between(10_000, 99_999)))),
                    text("country, land", source -> source.pick("Germany", "France", "Spain", "Italy", "Austria", "Canada",
                            "Poland", "Norway", "Japan", "Brazil", "Ireland", "Portugal")),
                    integer("floor, level", 1, 30)), """
                            > {0} lives (at|in) {1}( |, ){3} {2}
                            > {0} (lives at|has moved to|moved to|can be found at) {1} in {2}
                            > (Please send|Send|Ship|Deliver) (it|the parcel|the letter|everything) to {0}, {1}, {3} {2}
                            > (The|My|Our) (new |)address is {1}, {2}
                            > (The|My) address is {1}, {3} {2}, {4}
                            > The house of {0} (is|stands) (at|in) {1}
                            > {0}, {1}, {3} {2}
                            > {0} lives in {2}
                            The (postal|zip) code is {3}
                            (The country is|It is in|That is in) {4}
                            (It is on|The flat is on|Go to) floor {5}
                            """),
            ExtractionDomain.of("(appointment|meeting|date|event)", List.of(
                    text("title, topic, subject", ExtractionValues::title),
                    date("date, day, when"),
                    text("time, start time, start", ExtractionValues::time),
                    text("place, location, city, where", Source::city),
                    text("organizer, host, person, contact", ExtractionValues::name),
                    integer("participants, guests, people, number of people", 2, 90),
                    integer("duration, minutes, duration in minutes", 5, 240),
                    truth("online, is online")), """
                            > (The (meeting|event|talk|workshop|concert)|Our meeting) "{0}" (is|takes place|will be) on {1}
                            > (The|Our) (meeting|talk|workshop) "{0}" (starts at|begins at|is at) {2}
                            > {4} (invites you|invites us|invites everybody) to "{0}" on {1}( at {2}|)
                            > "{0}" (takes place|will be held|happens) in {3} on {1}
                            > (We meet|We are meeting|Let's meet|You meet) {4} in {3} on {1} at {2}
                            > (There is|I have|We have) (a meeting|an appointment) with {4} on {1}
                            > (Don't forget|Remember) the (meeting|appointment) with {4} at {2}
                            (It|The whole thing) (starts|begins) at {2}
                            (It takes place in|The place is|We meet in|It will be in) {3}
                            (It is on|The date is|It happens on) {1}
                            ({4} is the host|It is organized by {4}|The organizer is {4}|Ask {4} for more)
                            (We expect|There will be|There is room for) {5} (people|guests|participants)
                            It (takes|lasts|will last) {6} minutes
                            +7 (It is online|It is an online event|We meet online)
                            -7 (It is not online|You have to come in person|It is on site only)
                            """));

    private ExtractionPeople() {
    }
}
