# Not reviewed, and partly only. What is missing here is shown in English and marked: no sentence about rights or procedure is guessed.
welcome = እንቋዕ ብደሓን መጻእኩም
hello = ሰላም
moment = ሓንሳብ ጽንሕ በሉ
right-four = የማናይ ኢድ
right-four-child = የማናይ ኢድ
left-four = ጸጋማይ ኢድ
left-four-child = ጸጋማይ ኢድ
face = ስእሊ
face-child = ስእሊ
thanks = የቐንየልና
thanks-text = ሓንሳብ ጽንሕ በሉ።
general-1 = ስለምንታይ
general-4 = መሰላትኩም
children-1 = ኣጻብዕ
children-2 = ገጽ
children-3 = ብሓባር
children-5 = ስለምንታይ
