"""Questions that nano should politely decline, in three languages: patterns with slots, and single questions."""

SLOTS = {
    "en": ["France", "Japan", "Vietnam", "China", "Brazil", "Egypt", "Canada", "music", "history", "football", "the moon", "love", "cats", "dogs", "trees",
           "the ocean", "physics", "Python", "coffee", "rain", "Einstein", "Shakespeare", "the sun", "winter", "a river", "chess", "movies", "the brain", "bread", "war"],
    "vi": ["Pháp", "Nhật Bản", "Việt Nam", "Trung Quốc", "Hà Nội", "âm nhạc", "lịch sử", "bóng đá", "mặt trăng", "tình yêu", "con mèo", "con chó", "cây xanh",
           "biển", "vật lý", "Python", "cà phê", "mưa", "phở", "mùa đông", "dòng sông", "cờ vua", "phim", "bánh mì", "thời tiết"],
    "zh": ["法国", "日本", "越南", "中国", "北京", "音乐", "历史", "足球", "月亮", "爱情", "猫", "狗", "树", "大海", "物理", "Python", "咖啡", "雨", "爱因斯坦",
           "冬天", "长江", "象棋", "电影", "面包", "天气", "上海"],
}

PATTERNS = {
    "en": ["What is the capital of {s}?", "Tell me about {s}.", "Write a poem about {s}.", "Who is the president of {s}?", "What is {s}?", "Tell me a story about {s}.",
           "Explain {s} to me.", "Do you like {s}?", "What do you think about {s}?", "How big is {s}?", "Write an essay about {s}.", "Why is {s} important?",
           "Give me some facts about {s}", "Who invented {s}?", "Where can I find {s}?", "What is the history of {s}?", "How does {s} work?", "Who was {s}?",
           "Is {s} good?", "Can you teach me {s}?", "Write a song about {s}", "What is the population of {s}?", "What color is {s}?", "Translate {s} into French.",
           "What is the meaning of {s}?", "Recommend a book about {s}."],
    "vi": ["Thủ đô của {s} là gì?", "Kể cho tôi nghe về {s}.", "Viết một bài thơ về {s}.", "{s} là gì?", "Bạn có thích {s} không?", "Kể chuyện về {s}.", "Giải thích {s} cho tôi.",
           "Bạn nghĩ gì về {s}?", "Tại sao {s} quan trọng?", "Ai phát minh ra {s}?", "Lịch sử của {s}?", "{s} ở đâu?", "Viết bài văn về {s}.", "Dạy tôi về {s}.",
           "Dịch {s} sang tiếng Anh.", "{s} hoạt động thế nào?", "Hãy hát về {s}", "Dân số của {s} là bao nhiêu?", "{s} có bao nhiêu người?"],
    "zh": ["{s}的首都是哪里？", "给我讲讲{s}。", "写一首关于{s}的诗。", "{s}是什么？", "你喜欢{s}吗？", "讲一个关于{s}的故事。", "解释一下{s}。", "你觉得{s}怎么样？",
           "为什么{s}很重要？", "谁发明了{s}？", "{s}的历史是什么？", "{s}在哪里？", "写一篇关于{s}的文章。", "教我{s}。", "把{s}翻译成英文。", "{s}有多大？", "{s}有多少人口？"],
}

SINGLE = {
    "en": ["What is the weather today?", "What time is it?", "Tell me a joke.", "Write a Python function.", "Translate hello to Spanish.", "What day is it today?", "Sing a song.",
           "Who won the World Cup?", "How do I cook rice?", "What should I eat tonight?", "Summarize this article.", "What is the meaning of life?", "Can you draw a picture?",
           "What is the square root of 144?", "What is 12 divided by 4?", "Divide 100 by 5.", "48/6", "Solve x + 3 = 7.", "What is 2 to the power of 10?", "What is the derivative of x^2?",
           "Is 17 a prime number?", "What is 15% of 200?", "How far is the moon?", "How old is the Earth?", "Fix my code.", "Play some music", "Book a flight to Paris", "I am sad",
           "I love you", "Do you dream?", "Write an email to my boss", "What is the news?", "Give me a recipe for soup", "How do I lose weight?", "Who is the best player?",
           "Convert 10 miles to kilometers", "How many days are in a year?", "How many people live in London?", "How many planets are there?", "Name three colors", "Spell banana backwards",
           "What rhymes with cat?", "Let's play a game", "Roll a dice", "Pick a random number", "Tell me a secret", "Open the door", "Send a message to Anna", "What is your favorite color?", "How tall is Everest?"],
    "vi": ["Thời tiết hôm nay thế nào?", "Mấy giờ rồi?", "Kể chuyện cười đi.", "Viết một hàm Python.", "Dịch xin chào sang tiếng Anh.", "Hôm nay thứ mấy?", "Hát một bài đi.", "Ai vô địch World Cup?",
           "Cách nấu cơm?", "Tối nay ăn gì?", "Tóm tắt bài báo này.", "Ý nghĩa cuộc sống là gì?", "Vẽ tranh được không?", "Căn bậc hai của 144 là bao nhiêu?", "12 chia 4 bằng bao nhiêu?",
           "100 chia cho 5", "Giải x + 3 = 7.", "2 mũ 10 bằng bao nhiêu?", "17 có phải số nguyên tố không?", "15% của 200 là bao nhiêu?", "Mặt trăng cách bao xa?", "Sửa code giúp tôi",
           "Mở nhạc đi", "Đặt vé máy bay", "Tôi buồn", "Tôi yêu bạn", "Viết email cho sếp", "Có tin gì mới?", "Làm sao giảm cân?", "Một năm có bao nhiêu ngày?", "Gửi tin nhắn cho Lan",
           "Chơi trò chơi đi", "Bạn thích màu gì?", "Kể một bí mật", "Đọc một cuốn sách"],
    "zh": ["今天天气怎么样？", "现在几点？", "讲个笑话。", "写一个Python函数。", "把你好翻译成英文。", "今天星期几？", "唱首歌。", "谁赢了世界杯？", "怎么做米饭？", "今晚吃什么？", "总结这篇文章。",
           "人生的意义是什么？", "你会画画吗？", "144的平方根是多少？", "12除以4等于多少？", "100除以5", "解方程x+3=7。", "2的10次方是多少？", "17是质数吗？", "200的15%是多少？", "月球有多远？",
           "帮我改代码", "放点音乐", "订一张机票", "我很难过", "我爱你", "写一封邮件", "有什么新闻？", "怎么减肥？", "一年有几天？", "我们玩游戏吧", "你最喜欢什么颜色？", "告诉我一个秘密", "推荐一本书",
           "给小明发消息", "珠穆朗玛峰有多高？"],
}
