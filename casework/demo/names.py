"""Names, streets and languages to draw from. No pupil, parent or officer made of them is a real person."""


def _listed(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FORENAMES = _listed(
    """
    Aaliyah Abel Ada Aidan Aisha Alba Alfie Amara Amelia Anais Anya Archie Arjun Arlo Asha Ava Ayaan
    Bea Ben Blessing Bodhi Caleb Cara Chidi Chloe Cora Daisy Dara Demi Dev Dylan Eden Edie Eli Ella
    Elsie Emeka Erin Esme Ethan Eva Ewan Faisal Faith Farah Felix Finn Florence Freya Gabriel Grace
    Gus Halima Hana Harley Harper Harris Hassan Hugo Ibrahim Ida Imogen Inaya Iris Isaac Isla Ivy Jack
    Jaya Joel Jonah Josie Jude Kai Kamil Keira Kian Kofi Kyra Lara Layla Leo Lila Logan Lola Luca Lucy
    Luna Maja Malik Maryam Mason Max Maya Mia Mila Milo Mohsin Molly Musa Nadia Nathan Neve Niall Nina
    Noah Nora Oisin Oliver Olivia Omar Orla Oscar Otis Pia Poppy Priya Quinn Rafi Rania Reuben Rhys
    Rio Robin Rory Rosa Ruby Saffron Saira Samir Sana Seb Seren Shay Sienna Simra Sofia Sonny Stan
    Summer Tayo Tess Theo Tia Toby Uma Vera Willow Xanthe Yara Yusuf Zac Zahra Zara Zeke
    """
)
MOTHERS = _listed(
    """
    Adele Agnes Amina Angela Beata Carol Comfort Dawn Deepa Donna Elaine Ewa Fiona Gloria Harjit Heather
    Helga Irena Janet Jolanta Kerry Lorna Lydia Manjit Martina Olga Oona Parveen Pauline Rhona Roxanne
    Sabine Shirley Sunita Tamsin Ursula Wanda Yvonne Zofia
    """
)
FATHERS = _listed(
    """
    Adrian Alistair Anton Bernard Bilal Cedric Clive Derek Fergus Gareth Graham Hussain Ian Jared Karim Keith
    Malcolm Marek Nadeem Nigel Patrice Rashid Rupert Sandeep Terence Vikram Warren
    """
)
SURNAMES = _listed(
    """
    Abara Ackroyd Adeyemi Ainsworth Alder Amberley Appiah Arkwright Ashdown Asghar Baines Balogun
    Barden Beckwith Begum Birkett Blythe Bosworth Bracewell Brandreth Burtenshaw Calloway Carbery
    Chaudhry Clitheroe Cobbold Conteh Cragg Crosby Dalal Darby Dearden Denholm Dhillon Dobson Drummond
    Eastwood Eccles Egerton Ekwueme Elsworth Entwistle Fairclough Farooq Fenwick Fernandes Flitcroft
    Forsythe Gaskell Gill Goddard Greenhalgh Grimshaw Gurung Haddock Haworth Heald Hesketh Hossain
    Hulme Iqbal Jagger Jankowski Kamara Kaur Kershaw Kirkham Kowalczyk Lathom Leyland Lomax Lowther
    Mahmood Makinde Marsden Mazur Mellor Mensah Mistry Moxon Nabi Naylor Nowicki Nuttall Ogden Okafor
    Oldroyd Openshaw Osei Parkin Patel Peel Pemberton Pickup Pilkington Popescu Quigley Radcliffe
    Rahman Ramsbottom Rawcliffe Rostron Sagar Sandhu Scholes Seddon Shaw Sidebotham Silva Sowerby
    Stoddart Suleman Sutcliffe Tattersall Tetteh Thackray Thwaite Tomlinson Turton Uddin Unsworth
    Varley Virk Waddington Walmsley Warburton Whittaker Wolstenholme Worsley Yates Yusuf Zaman
    """
)
AWKWARD_FORENAMES = ("Zoë", "Siân", "Núria", "Anne-Marie", "李", "D'Angelo", "Łukasz", "Nell & Co")
AWKWARD_SURNAMES = (
    "O'Brien", "Ó Súilleabháin", "van der Merwe", "Fotheringham-Cholmondeley-Ashworth", "Nuñez", "D'Souza",
    "St. John", "Müller", "Hart & Vale", "Nguyễn",
)  # fmt: skip
STREETS = (
    "Bobbin Lane", "Cotter Street", "Dyehouse Road", "Fuller's Row", "Gantry Close", "Heddle Avenue",
    "Kiln Bank", "Larkspur Way", "Millrace Court", "Nettle Hill", "Orchard Ginnel", "Plover Drive",
    "Quarry Steps", "Reed Bed Lane", "Shuttle Street", "Tenter Field", "Weaver's Yard", "Yarrow Mount",
)  # fmt: skip
TOWNS = {"north": ("Tannerwick", "Quillbeck", "Dappleford"), "coast": ("Marram Staithe", "Eastholme")}
LANGUAGES = (
    "Urdu",
    "Polish",
    "Arabic",
    "Romanian",
    "Punjabi",
    "Bengali",
    "Portuguese",
    "Somali",
    "Lithuanian",
)
