"""What people say to nano and what it answers, in English, Vietnamese and Chinese.

Only text lives here; `tasks.py` fills in the numbers. The tokenizer is built from the same text, so that the
words used often become single tokens.
"""

LANGS = ("en", "vi", "zh")

# Whole-number arithmetic. {a} and {b} are numbers, {e} is the bare expression, such as "37*48".
ARITHMETIC = {
    "any": ["{e}", "{e}", "{e}", "{e}=", "{e} = ?", "{e}=?", "{e} ="],
    "en": ["What is {e}?", "What is {e}?", "Calculate {e}.", "Compute {e}.", "How much is {e}?", "What does {e} equal?",
           "{e} equals what?", "Please calculate {e}.", "Work out {e}.", "Can you tell me {e}?", "What's {e}?", "Solve {e}."],
    "vi": ["{e} bằng bao nhiêu?", "{e} bằng bao nhiêu?", "Tính {e}.", "Hãy tính {e}.", "Kết quả của {e} là bao nhiêu?",
           "{e} là bao nhiêu?", "{e} bằng mấy?", "Kết quả {e}?", "Tính giúp tôi {e}."],
    "zh": ["{e}等于多少？", "{e}等于多少？", "计算{e}。", "请计算{e}。", "{e}是多少？", "{e}等于几？", "{e}的结果是多少？", "算一下{e}。", "{e}=多少？"],
}
WORDED = {
    "+": {"en": ["What is {a} plus {b}?", "Add {a} and {b}.", "What is the sum of {a} and {b}?", "How much is {a} plus {b}?",
                 "{a} plus {b}", "Find the sum of {a} and {b}.", "Add {b} to {a}."],
          "vi": ["{a} cộng {b} bằng bao nhiêu?", "{a} cộng với {b} bằng bao nhiêu?", "Tổng của {a} và {b} là bao nhiêu?",
                 "Cộng {a} và {b}.", "Tính tổng của {a} và {b}.", "{a} cộng {b}"],
          "zh": ["{a}加{b}等于多少？", "{a}加上{b}等于多少？", "{a}和{b}的和是多少？", "求{a}与{b}的和。", "{a}加{b}", "把{a}和{b}加起来。"]},
    "-": {"en": ["What is {a} minus {b}?", "Subtract {b} from {a}.", "How much is {a} minus {b}?", "{a} minus {b}",
                 "What is {a} take away {b}?", "What is left when you take {b} from {a}?"],
          "vi": ["{a} trừ {b} bằng bao nhiêu?", "{a} trừ đi {b} bằng bao nhiêu?", "Lấy {a} trừ {b}.", "Hiệu của {a} và {b} là bao nhiêu?",
                 "{a} trừ {b}", "Tính hiệu của {a} và {b}."],
          "zh": ["{a}减{b}等于多少？", "{a}减去{b}等于多少？", "{a}与{b}的差是多少？", "从{a}中减去{b}。", "{a}减{b}", "{a}减去{b}"]},
    "*": {"en": ["What is {a} times {b}?", "Multiply {a} by {b}.", "What is the product of {a} and {b}?", "How much is {a} times {b}?",
                 "{a} times {b}", "What is {a} multiplied by {b}?"],
          "vi": ["{a} nhân {b} bằng bao nhiêu?", "{a} nhân với {b} bằng bao nhiêu?", "Tích của {a} và {b} là bao nhiêu?",
                 "Nhân {a} với {b}.", "{a} nhân {b}", "Tính tích của {a} và {b}."],
          "zh": ["{a}乘以{b}等于多少？", "{a}乘{b}等于多少？", "{a}和{b}的积是多少？", "求{a}与{b}的积。", "{a}乘以{b}", "{a}乘{b}是多少？"]},
}
FOLLOW_UP = {"en": ["And {e}?", "Now {e}.", "What about {e}?"], "vi": ["Còn {e}?", "Thế còn {e}?", "Tiếp theo {e}."],
             "zh": ["那{e}呢？", "那么{e}呢？", "再算{e}。"]}
RESULT = {"en": "The answer is {r}.", "vi": "Kết quả là {r}.", "zh": "答案是{r}。", "any": "{r}"}

# Comparing decimals. The mode says what is asked: the larger, the smaller, the relation, or yes/no to "is a larger".
COMPARE = {
    "larger": {"en": ["Which is larger, {a} or {b}?", "Which is bigger: {a} or {b}?", "Which number is larger, {a} or {b}?",
                      "Which is greater, {a} or {b}?", "What is larger, {a} or {b}?", "{a} or {b}, which is larger?", "{a} and {b}, which is bigger?",
                      "Which one is bigger, {a} or {b}?"],
               "vi": ["Số nào lớn hơn, {a} hay {b}?", "{a} và {b}, số nào lớn hơn?", "Giữa {a} và {b}, số nào lớn hơn?", "{a} hay {b} lớn hơn?",
                      "Trong hai số {a} và {b}, số nào lớn hơn?"],
               "zh": ["{a}和{b}哪个大？", "{a}和{b}哪个更大？", "哪个更大，{a}还是{b}？", "{a}与{b}，哪个数更大？", "{a}大还是{b}大？"]},
    "smaller": {"en": ["Which is smaller, {a} or {b}?", "Which number is smaller: {a} or {b}?", "Which is less, {a} or {b}?"],
                "vi": ["Số nào nhỏ hơn, {a} hay {b}?", "{a} và {b}, số nào nhỏ hơn?", "Số nào bé hơn, {a} hay {b}?"],
                "zh": ["{a}和{b}哪个小？", "哪个更小，{a}还是{b}？", "{a}和{b}哪个数更小？"]},
    "relation": {"any": ["{a} vs {b}", "{a} ? {b}", "{a} vs. {b}?"],
                 "en": ["Compare {a} and {b}.", "Compare {a} with {b}."],
                 "vi": ["So sánh {a} và {b}.", "So sánh {a} với {b}."],
                 "zh": ["比较{a}和{b}。", "比较{a}与{b}的大小。"]},
    "is": {"en": ["Is {a} larger than {b}?", "Is {a} bigger than {b}?", "Is {a} greater than {b}?"],
           "vi": ["{a} có lớn hơn {b} không?", "{a} lớn hơn {b} phải không?"],
           "zh": ["{a}比{b}大吗？", "{a}大于{b}吗？"]},
}
LARGER = {"en": "{r} is larger.", "vi": "{r} lớn hơn.", "zh": "{r}更大。"}
SMALLER = {"en": "{r} is smaller.", "vi": "{r} nhỏ hơn.", "zh": "{r}更小。"}
EQUAL = {"en": "They are equal.", "vi": "Hai số bằng nhau.", "zh": "两个数相等。"}
YES = {"en": "Yes, {r}.", "vi": "Đúng, {r}.", "zh": "是的，{r}。"}
NO = {"en": "No, {r}.", "vi": "Không, {r}.", "zh": "不，{r}。"}

# Counting letters. {w} is the word (already quoted or not), {c} the letter (already quoted or not), {l} the bare letter.
LETTERS = {
    "en": ["How many {c} are in {w}?", "How many {l}'s are in {w}?", "How many {l}s are in {w}?", "How many times does the letter {c} appear in {w}?",
           "How many times does {c} appear in the word {w}?", "How many letters {c} are there in {w}?", "Count the letter {c} in {w}.",
           "Count the {l}'s in the word {w}.", "How many {l}'s in {w}?", "How many {c} in the word {w}?", "How many {l}'s are there in {w}?",
           "How often does {c} occur in {w}?"],
    "vi": ["Từ {w} có mấy chữ {c}?", "Có bao nhiêu chữ {c} trong từ {w}?", "Có mấy chữ {c} trong {w}?", "Đếm số chữ {c} trong từ {w}.",
           "Chữ {c} xuất hiện mấy lần trong từ {w}?", "Trong từ {w} có bao nhiêu chữ cái {c}?", "Từ {w} có bao nhiêu chữ {c}?"],
    "zh": ["{w}里有几个{c}？", "{w}中有多少个{c}？", "{w}这个单词里有多少个字母{c}？", "单词{w}中字母{c}出现了几次？", "{w}里有几个字母{c}？",
           "数一数{w}里有几个{c}。", "单词{w}里有几个{c}？"],
}
COUNT = {"en": "The count is {r}.", "vi": "Có {r} chữ {c}.", "zh": "有{r}个{c}。"}

# Countdown. {n} is the list of numbers, {t} the target.
COUNTDOWN = {
    "any": ["Countdown: {n} -> {t}", "countdown {n} = {t}", "{n} -> {t}", "Countdown {n}, {t}"],
    "en": ["Use {n} to make {t}.", "Using {n}, make {t}.", "Make {t} from {n}.", "Make {t} using the numbers {n}.",
           "Use the numbers {n} once each to make {t}.", "Countdown: numbers {n}, target {t}.", "How can I make {t} from {n}?",
           "Use each of {n} once with + - * / to make {t}.", "Combine {n} to get {t}."],
    "vi": ["Dùng {n} để tạo ra {t}.", "Dùng các số {n} để được {t}.", "Từ các số {n}, hãy tạo ra {t}.", "Dùng mỗi số {n} một lần để được {t}.",
           "Làm sao từ {n} được {t}?", "Countdown: các số {n}, đích {t}.", "Tạo {t} từ {n}."],
    "zh": ["用{n}得到{t}。", "用{n}算出{t}。", "用数字{n}，每个数用一次，得到{t}。", "用数字{n}凑出{t}。", "怎样用{n}得到{t}？", "倒计时：数字{n}，目标{t}。"],
}
AND = {"en": " and ", "vi": " và ", "zh": "和"}

# Talk. kind -> (note written while thinking, what is said to nano, what it answers). The first answer is the usual one.
TALK = {
    "greeting": ("Greeting",
        {"en": ["Hello", "Hi", "Hello!", "Hi!", "Hey", "Hi there", "Hello nano", "Hi nano!", "Good morning", "Good evening", "Good afternoon!", "Hey there!", "hello", "hi", "Greetings", "Yo"],
         "vi": ["Xin chào", "Chào bạn", "Chào", "Xin chào!", "Chào nano", "Chào buổi sáng", "Chào bạn!", "Xin chào nano", "chào", "Chào buổi tối", "Alo", "Chào em", "Chào anh"],
         "zh": ["你好", "您好", "你好！", "嗨", "早上好", "晚上好", "你好，nano", "哈喽", "您好！", "下午好", "嗨！", "在吗？"]},
        {"en": ["Hello! Ask me a sum, a product, two decimals to compare, letters to count or a small countdown puzzle."],
         "vi": ["Xin chào! Hãy hỏi tôi một phép tính, so sánh số thập phân, đếm chữ cái hoặc một câu đố countdown nhỏ."],
         "zh": ["你好！可以问我加减乘、比较小数、数字母或小的倒计时数字题。"]}),
    "thanks": ("Thanks",
        {"en": ["Thanks", "Thank you", "Thank you!", "Thanks a lot", "Thanks!", "Great, thanks", "Thank you very much", "Thx", "Nice, thank you!", "Good job", "Well done!", "thanks", "Great!"],
         "vi": ["Cảm ơn", "Cảm ơn bạn", "Cảm ơn nhiều", "Cám ơn", "Cảm ơn!", "Cảm ơn bạn nhiều", "Tuyệt, cảm ơn", "Hay lắm", "Giỏi lắm!", "cảm ơn"],
         "zh": ["谢谢", "谢谢你", "谢谢！", "多谢", "太好了，谢谢", "非常感谢", "感谢", "很好", "真棒！", "干得好"]},
        {"en": ["You are welcome!"], "vi": ["Không có gì!"], "zh": ["不客气！"]}),
    "bye": ("Goodbye",
        {"en": ["Bye", "Goodbye", "Bye!", "See you", "See you later", "Good night", "Bye bye", "goodbye", "Have a nice day"],
         "vi": ["Tạm biệt", "Tạm biệt!", "Hẹn gặp lại", "Chúc ngủ ngon", "Bye nhé", "Tạm biệt bạn", "tạm biệt"],
         "zh": ["再见", "拜拜", "再见！", "晚安", "回头见", "下次见"]},
        {"en": ["Goodbye!"], "vi": ["Tạm biệt!"], "zh": ["再见！"]}),
    "who": ("About me",
        {"en": ["Who are you?", "What are you?", "What is your name?", "Who made you?", "Are you DeepSeek?", "Are you ChatGPT?", "Tell me about yourself", "Are you a human?", "Introduce yourself.", "What model are you?", "Are you an AI?", "Who am I talking to?", "What's your name?", "Which model is this?", "Are you a robot?"],
         "vi": ["Bạn là ai?", "Bạn tên gì?", "Tên bạn là gì?", "Bạn là gì?", "Ai tạo ra bạn?", "Bạn có phải DeepSeek không?", "Hãy giới thiệu về bạn", "Bạn là người hay máy?", "Bạn là mô hình nào?", "Giới thiệu bản thân đi", "Bạn là ChatGPT à?", "Bạn có phải là người không?"],
         "zh": ["你是谁？", "你叫什么名字？", "你是什么？", "谁创造了你？", "你是DeepSeek吗？", "介绍一下你自己", "你是人吗？", "你是什么模型？", "你是ChatGPT吗？", "你是机器人吗？", "请自我介绍"]},
        {"en": ["I am nano, a small DeepSeek-shaped model embedded in Sampan."], "vi": ["Tôi là nano, một mô hình nhỏ kiểu DeepSeek nhúng trong Sampan."],
         "zh": ["我是nano，一个嵌入Sampan的小型DeepSeek结构模型。"]}),
    "skills": ("What I can do",
        {"en": ["What can you do?", "Help", "How can you help me?", "What are your skills?", "What do you know?", "help", "What can I ask you?", "What are you able to do?", "How do I use you?"],
         "vi": ["Bạn có thể làm gì?", "Bạn làm được gì?", "Giúp tôi với", "Bạn biết làm gì?", "Tôi có thể hỏi gì?", "Trợ giúp", "Bạn giúp được gì?"],
         "zh": ["你能做什么？", "你会什么？", "帮助", "你可以帮我做什么？", "我可以问你什么？", "你有什么功能？", "怎么用？"]},
        {"en": ["I can add, subtract, multiply, compare decimals, count letters and solve small countdown puzzles."],
         "vi": ["Tôi biết cộng, trừ, nhân, so sánh số thập phân, đếm chữ cái và giải câu đố countdown nhỏ."],
         "zh": ["我会加减乘、比较小数、数字母和解小的倒计时数字题。"]}),
    "mood": ("Greeting",
        {"en": ["How are you?", "How are you doing?", "How is it going?", "What's up?", "How are you today?", "Are you well?", "How do you feel?"],
         "vi": ["Bạn khỏe không?", "Bạn có khỏe không?", "Dạo này thế nào?", "Hôm nay bạn thế nào?"],
         "zh": ["你好吗？", "最近怎么样？", "你今天怎么样？", "过得好吗？"]},
        {"en": ["I am fine, thank you!"], "vi": ["Tôi khỏe, cảm ơn bạn!"], "zh": ["我很好，谢谢！"]}),
}
DECLINE_NOTE = "Not one of my skills"
DECLINE = {
    "en": "Sorry, I can only add, subtract, multiply, compare decimals, count letters and solve small countdown puzzles.",
    "vi": "Xin lỗi, tôi chỉ biết cộng, trừ, nhân, so sánh số thập phân, đếm chữ cái và giải câu đố countdown nhỏ.",
    "zh": "抱歉，我只会加减乘、比较小数、数字母和解小的倒计时数字题。",
}
SYSTEM = ["You are a helpful assistant.", "You are nano.", "You are a helpful assistant. Answer briefly.", "Be brief.", "Bạn là trợ lý hữu ích.",
          "你是一个有用的助手。", "Think step by step.", "You are a careful calculator."]
