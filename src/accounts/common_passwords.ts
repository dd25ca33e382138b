/**
 * What very many people choose, in lower case: tried with a number behind it, too. Short words are here because a number
 * makes them long enough; what is a sequence or a repetition is found without a list.
 */
export const COMMON_PASSWORDS: ReadonlySet<string> = new Set(
  [
    // The word itself, and what it is called elsewhere.
    'password passwort passord passwd pass passphrase motdepasse contrasena contraseña senha wachtwoord haslo hasło',
    'parola parol пароль salasana lösenord adgangskode heslo jelszo sifre şifre kennwort geheim geheimnis secret',
    'passw0rd mypassword newpassword oldpassword thisismypassword ilovepassword passpass',
    // Getting in.
    'admin administrator administrador root toor user username guest login logon signin welcome letmein',
    'letmeinnow open opensesame sesame access accessgranted enter default changeme changeit changethis',
    'temp temporary test tester testing testtest example master masterkey system server superuser super',
    'superadmin service support backup ubuntu debian windows',
    'linux apple google facebook amazon internet computer laptop',
    'private personal security secure trustno trustnoone nopassword nothing whatever',
    'unknown hello hallo bonjour hola ciao salut privet привет',
    // Keyboards, where more than a row is walked.
    '1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx 1qaz2wsx3edc qazwsx qazwsxedc zaq12wsx zaq1xsw2 q1w2e3r4 q1w2e3r4t5',
    '1a2b3c4d a1b2c3d4 a1s2d3f4 qweasd qweasdzxc qwaszx asdzxc zxcasd zxcasdqwe asdqwe qwerasdf 123qweasd qweasd123',
    '123qweasdzxc 1qazxsw2 2wsx3edc 3edc4rfv qazxsw wsxedc edcrfv qwert qwerty1 qwerty12 abcd1234 abc123 123abc',
    '123qwe qwe123 q123456789 a123456789 a12345678 123456a 1234qwer qwer1234 asdf1234 zxcv1234 147258369 147852369',
    '159357456 159753 123654789 987456321 789456123 741852963 963852741 321654987 13579246810 1357924680 2468013579',
    '112233445566 11223344 1122334455 12344321 123454321 12345654321 1234554321 123321123 10203040 102030405060',
    '01020304 0102030405 20202020 19191919 31415926 314159265 27182818 13371337 69696969 18181818 00112233',
    // Love, luck and people.
    'iloveyou iloveu loveyou loveme lovely love lover',
    'tequiero teamo ichliebedich liebe amor amore mylove babe baby honey',
    'sweetheart sweet darling princess prince queen king angel angels heaven beautiful pretty forever',
    'friends bestfriend family mama papa sister happy smile lucky',
    'success freedom peace hope faith blessed jesus christ bible',
    'michael michelle jennifer jessica ashley amanda daniel daniela david robert thomas jordan joshua matthew',
    'anthony william charlie george victoria alexander alexandra alexis andrea',
    'natalie hannah sophie maria marina martin patrick richard justin taylor',
    'carlos fernando gabriel francisco isabella valentina benjamin maggie buster',
    'ginger pepper max bella daisy molly rocket shadow smokey',
    // Beasts, plants, seasons, things.
    'dragon monkey tiger lion panther eagle falcon wolf bear dolphin butterfly',
    'kitten kitty puppy horse rabbit chicken spider phoenix',
    'flowers rose sunflower banana orange strawberry cookie cookies chocolate',
    'coffee pizza cheese peanut sugar whiskey vodka summer winter spring autumn sommer',
    'frühling herbst sunshine sunny rainbow star stars starlight moonlight ocean thunder',
    'storm diamond silver gold golden crystal purple yellow blue green black',
    'january march april may june july august september october november december',
    // Games, teams, films, music.
    'football soccer baseball basketball fussball fußball futbol futebol surfer',
    'liverpool arsenal chelsea everton manchester barcelona realmadrid juventus',
    'yankees lakers cowboys steelers packers warriors',
    'superman batman spiderman ironman wonderwoman starwars startrek skywalker vader',
    'pokemon pikachu charizard naruto minecraft fortnite roblox playstation xbox mario zelda',
    'warcraft starcraft hunter legend ninja samurai pirate magic gandalf',
    'frodo harrypotter metallica slipknot beatles guitar music',
    'musica mustang corvette camaro porsche ferrari mercedes bmw yamaha harley harleydavidson',
    // The rest of any such list.
    'trustme bigdaddy',
    'money school london paris berlin',
    'newyork deutschland',
    'polska',
    'asdfasdf nevermind dontforget remember cheesecake',
    'correcthorsebatterystaple letmeinplease access14 gfhjkm ghbdtn samsung iphone android galaxy',
    'hacker zxcvbnm1 aa123456 a1b2c3 woaini 5201314 woaini1314',
  ].flatMap((row) => row.split(' ')),
);
