"""What bots say: small talk of a shop in three languages. Short, friendly, and about nobody."""

from typing import Final

PHRASES: Final[dict[str, tuple[str, ...]]] = {
    "en": (
        "Hello everyone!",
        "This lamp is lovely in the evening light.",
        "Has anybody tried the chair by the window?",
        "Nice shape, isn't it?",
        "Does it come in another colour?",
        "I saw the new one near the entrance.",
        "That would look good in my kitchen.",
        "How tall is it, do you think?",
        "I'll take a closer look.",
        "Oh, I like the texture of this one.",
        "Which one would you choose?",
        "See you by the stage later.",
    ),
    "zh": (
        "大家好！",
        "这盏灯的光真柔和。",
        "窗边那把椅子有人坐过吗？",
        "造型真好看。",
        "还有别的颜色吗？",
        "入口那边有新品。",
        "放在我家厨房应该不错。",
        "你觉得它有多高？",
        "我走近看看。",
        "这个材质我很喜欢。",
        "你会选哪一个？",
        "一会儿舞台那边见。",
    ),
    "es": (
        "¡Hola a todos!",
        "Qué bonita queda esta lámpara con esta luz.",
        "¿Alguien ha probado la silla de la ventana?",
        "Tiene una forma preciosa, ¿verdad?",
        "¿Lo hay en otro color?",
        "Cerca de la entrada hay uno nuevo.",
        "Quedaría bien en mi cocina.",
        "¿Cuánto medirá de alto?",
        "Voy a verlo más de cerca.",
        "Me gusta mucho la textura.",
        "¿Tú cuál elegirías?",
        "Nos vemos luego en el escenario.",
    ),
}

NAMES: Final[dict[str, tuple[str, ...]]] = {
    "en": (
        "Ada", "Ben", "Clara", "Dylan", "Edith", "Finn", "Grace", "Hugo", "Iris", "Jack", "Kate", "Leo", "Maya", "Noah",
        "Olive", "Paul", "Quinn", "Rose", "Sam", "Tess", "Uma", "Victor", "Wren", "Zoe",
    ),
    "zh": (
        "小明", "小红", "晓雯", "子轩", "梓涵", "佳怡", "浩然", "欣怡", "雨桐", "思远", "嘉宁", "若溪", "文博", "静怡",
    ),
    "es": (
        "Ana", "Bruno", "Carmen", "Diego", "Elena", "Fabio", "Gala", "Hector", "Inés", "Javier", "Lucía", "Mateo",
        "Nerea", "Óscar", "Pilar", "Rafa", "Sara", "Tomás",
    ),
}  # fmt: skip
